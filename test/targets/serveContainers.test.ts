/** Models that are served in containers of a real Podman, behind a real gateway. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { dockerfile } from "../../src/deploy/bundle/containerFiles";
import { containerServing } from "../../src/deploy/container/containerServing";
import type { ApplyOptions, ReadyRoute, ServingHandle } from "../../src/deploy/contract";
import { readControlFile, readGatewayFile } from "../../src/deploy/gateway/files";
import type { TargetOf } from "../../src/domain/targets";
import { findProgram } from "../../src/snapshot/findProgram";
import { ask, localDeployment, stream, until } from "../deploy/local";
import { servePython } from "../deploy/versions";
import { baseEnvironment, modeltrail, useCli } from "../recorder/cli";
import { findPodman } from "./fixtures/podman";
import { registeredModel } from "./fixtures/registered";

const podman = await findPodman();
const BASE = "localhost/modeltrail-test-venv:latest";
const LABEL = "label=modeltrail.deployment";

describe.skipIf(!podman)("models in containers", () => {
  useCli();
  // The pip of Debian's own Python refuses packages.
  beforeAll(() => {
    const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-base-"));
    const lines = [`FROM ${podman!.image}`, "RUN python3 -m venv /opt/venv", "ENV PATH=/opt/venv/bin:$PATH", ""];
    writeFileSync(path.join(folder, "Containerfile"), lines.join("\n"));
    podman!.ask("build", "--quiet", "--tag", BASE, folder);
    rmSync(folder, { recursive: true });
  }, 120_000);

  const containers = () =>
    podman!
      .ask("ps", "--all", "--filter", LABEL, "--format", '{{.ID}} {{index .Labels "modeltrail.version"}}')
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ") as [id: string, version: string]);
  const images = () => podman!.ask("images", "--quiet", "--filter", "reference=localhost/modeltrail-serve-wine").trim();

  function deployment(settings: Partial<TargetOf<"podman">> | TargetOf<"docker">, more: NodeJS.ProcessEnv = {}) {
    const { store, root, folder, plan, route: stub, signal } = localDeployment();
    const env = { ...baseEnvironment(root), ...podman!.env, HOME: root, ...more };
    const target = containerServing(
      "box",
      { kind: "podman", ...settings } as TargetOf<"podman">,
      { store, env },
      { program: modeltrail() },
    );
    const steps: string[] = [];
    let handle: ServingHandle | null = null;
    function route(version: number, part: Parameters<typeof stub>[1] = {}): ReadyRoute {
      const made = stub(version, part);
      // What a bundle has for being built.
      writeFileSync(path.join(made.ready.folder, "Dockerfile"), dockerfile({ requirements: [] }, "3.11.2"));
      writeFileSync(path.join(made.ready.folder, "requirements.txt"), "# nothing that a network is needed for\n");
      return made;
    }
    const keep = (known: ServingHandle) => {
      handle = known;
    };
    async function apply(
      routes: ReadyRoute[],
      { fresh, token, ...options }: Partial<ApplyOptions> & { token?: string; fresh?: number[] } = {},
    ): Promise<string> {
      const onStep = (step: string, detail: string) => void steps.push(`${step}: ${detail}`);
      const whole = { handle, keep, onStep, verify: async () => {}, signal: signal(), ...options };
      handle = await target.apply({ ...plan(routes, { target: "box" }, token), ...(fresh && { fresh }) }, whole);
      return handle.url as string;
    }
    return {
      ...{ target, folder, route, apply, steps, plan, signal },
      status: () => target.status(handle!, signal()),
      handle: () => handle!,
      undeploy: () => target.undeploy(handle!, signal()),
      servers: () => readGatewayFile(folder)!.servers,
    };
  }

  test("built once, exchanged and rolled back without a failed request, come back when killed, and leave nothing", async () => {
    const before = images();
    const { target, route, apply, steps, plan, signal, status, undeploy, servers, folder } = deployment({
      build: { base: BASE },
      network: "podman",
    });
    expect(await target.check(plan([route(1)], { target: "box" }), signal())).toEqual([]);
    const url = await apply([route(1)]);
    expect(await ask(url, { inputs: [7] })).toMatchObject({ status: 200, body: { predictions: [1], inputs: [7] } });
    expect(steps).toContainEqual(expect.stringMatching(/^start: Building an image of wine\/1: STEP 1/));

    const callers = stream(url, 50);
    const asked: unknown[] = [];
    const tried = async (
      _route: ReadyRoute,
      access: { request: (path: string, options: object) => Promise<{ body: Buffer }> },
    ) =>
      void asked.push(JSON.parse((await access.request("/invocations", { body: "{}" })).body.toString()).predictions);
    await apply([route(2)], { verify: tried });
    expect(asked).toEqual([[2]]);
    expect(containers().map(([, version]) => version)).toEqual(["2"]);

    await expect(apply([route(3, { stub: { fails: true } })])).rejects.toThrow(
      /Version 3 does not start\. The model server ended with exit code 3\.[\s\S]*cannot be read/,
    );
    expect(containers().map(([, version]) => version)).toEqual(["2"]);
    // The image of what was not served has gone, too.
    expect(images().split("\n")).toHaveLength(before.split("\n").filter(Boolean).length + 2);

    steps.length = 0;
    expect(await apply([route(1)])).toBe(url);
    expect(steps.filter((step) => step.includes("Building"))).toEqual([]);
    const { answers, unanswered } = await callers.end();
    expect({ unanswered, statuses: [...new Set(answers.map((one) => one.status))] }).toEqual({
      unanswered: 0,
      statuses: [200],
    });
    expect(new Set(answers.map((one) => one.version))).toEqual(new Set(["1", "2"]));

    // A container that dies, and a process that stood for one.
    const [[first]] = containers() as [[string, string]];
    podman!.ask("kill", first);
    await until(() => containers().some(([id]) => id !== first), "another container");
    await until(async () => (await status()).state === "live", "live again");
    const [[second]] = containers() as [[string, string]];
    process.kill(servers()[0]!.process!.pid, "SIGKILL");
    await until(() => containers().some(([id]) => id !== second), "a third container");
    await until(async () => (await status()).state === "live", "live again");
    expect(containers()).toHaveLength(1);
    expect((await ask(url, {})).body.predictions).toEqual([1]);

    // All that is here of it is killed: its container goes on, and is found.
    const stat = readFileSync(`/proc/${readControlFile(folder)!.process.pid}/stat`, "utf8");
    const keeper = Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]);
    for (const pid of [keeper, readControlFile(folder)!.process.pid, servers()[0]!.process!.pid]) {
      process.kill(pid, "SIGKILL");
    }
    expect(containers()).toHaveLength(1);
    await undeploy();
    expect(containers()).toEqual([]);
    expect(images()).toBe(before);
    await undeploy();
    expect((await status()).state).toBe("gone");
  }, 120_000);

  test("in an image that has all and on the network of this machine, the bundle is seen as it is; callers show a token; what cannot serve is told before", async () => {
    const { route, apply, undeploy, plan, signal } = deployment({ image: podman!.image, network: "host" });
    const url = await apply([route(4)], { token: "shown-by-callers" });
    expect((await ask(url, {})).status).toBe(401);
    const shown = await ask(url, {}, { authorization: "Bearer shown-by-callers" });
    expect(shown).toMatchObject({ status: 200, body: { predictions: [4] } });
    const [[id]] = containers() as [[string, string]];
    expect(podman!.ask("inspect", id, "--format", "{{range .Mounts}}{{.Destination}} {{.RW}}{{end}}").trim()).toBe(
      "/opt/bundle false",
    );
    await undeploy();
    expect(containers()).toEqual([]);
    expect(podman!.ask("image", "exists", podman!.image)).toBe("");
    const said = await deployment({ network: "none" }).target.check(plan([route(4)], { target: "box" }), signal());
    expect(said).toMatchObject([{ severity: "error", message: expect.stringContaining("network: none") }]);
  }, 60_000);

  test("a version is gone back to in the very image that it was served in, whatever its name means by now", async () => {
    const moving = "localhost/modeltrail-test-moving:latest";
    const imageOf = (name: string) => podman!.ask("image", "inspect", name, "--format", "{{.Id}}").trim();
    const served = () => podman!.ask("inspect", containers()[0]![0], "--format", "{{.Image}}").trim();
    const name = (of: string) => podman!.ask("tag", of, moving);
    name(podman!.image);
    const { route, apply, undeploy, handle } = deployment({ image: moving, network: "podman" });
    await apply([route(7)], { fresh: [7] });
    const first = imageOf(podman!.image);
    expect(served()).toBe(first);
    const former = handle();
    name(BASE);
    await apply([route(8)], { fresh: [8] });
    const second = imageOf(BASE);
    expect(served()).toBe(second);
    await apply([route(7)]);
    expect(served()).toBe(first);
    await apply([route(7)], { fresh: [7] });
    expect(served()).toBe(second);
    await apply([route(7)], { former });
    expect(served()).toBe(first);
    await undeploy();
    podman!.ask("untag", moving);
  }, 60_000);

  test.runIf(findProgram("docker"))(
    "by Docker's own program, which speaks with Podman's service on a socket",
    async () => {
      const socket = path.join(mkdtempSync(path.join(tmpdir(), "socket-")), "engine.sock");
      const service = spawn("podman", ["system", "service", "--time", "0", `unix://${socket}`], {
        env: podman!.env,
        stdio: "ignore",
      });
      try {
        await until(() => existsSync(socket), "a socket");
        const docker = { kind: "docker", image: podman!.image } as const;
        const here = deployment(docker, { DOCKER_HOST: `unix://${socket}` });
        expect(await here.target.check(here.plan([here.route(5)], { target: "box" }), here.signal())).toEqual([]);
        const url = await here.apply([here.route(5)]);
        await here.apply([here.route(6)]);
        expect((await ask(url, {})).body.predictions).toEqual([6]);
        expect(containers().map(([, version]) => version)).toEqual(["6"]);
        podman!.ask("kill", containers()[0]![0]);
        await until(async () => (await ask(url, {})).status === 200, "an answer again");
        await here.undeploy();
        expect(containers()).toEqual([]);
      } finally {
        const ended = new Promise((resolve) => service.once("exit", resolve));
        service.kill("SIGKILL");
        await ended;
        rmSync(path.dirname(socket), { recursive: true });
      }
    },
    60_000,
  );

  // Its packages are for the Python of the image.
  const python = servePython();
  const packages = python ? path.join(path.dirname(python), "../lib/python3.11/site-packages") : "";
  test.runIf(existsSync(packages))(
    "a recorded model, from the command line, asked by MLflow's and KServe's protocols",
    async () => {
      const volume = `${packages}:/usr/local/lib/python3.11/dist-packages:ro`;
      const targets = `targets:\n  box: { kind: podman, image: ${podman!.image}, volumes: ["${volume}"] }\n`;
      const command = await registeredModel(python!, targets, podman!.env);
      try {
        const said = await command("deploy", "wine", "--to", "box", "--trust");
        const url = /Live: wine-box at (http:\S+)/.exec(said)![1]!;
        expect(containers().map(([, version]) => version)).toEqual(["1"]);
        const { predictions } = (await ask(url, { inputs: [[0, 1]] })).body;
        expect(predictions![0]).toBeCloseTo(1);
        const tensor = { name: "x", shape: [1, 2], datatype: "FP64", data: [2, 3] };
        const answer = await fetch(`${url}/v2/models/wine/infer`, {
          method: "POST",
          body: JSON.stringify({ inputs: [tensor] }),
        });
        expect(((await answer.json()) as { outputs: { data: number[] }[] }).outputs[0]!.data[0]).toBeCloseTo(5);
      } finally {
        await command("deployments", "undeploy", "wine-box");
      }
      expect(containers()).toEqual([]);
    },
    180_000,
  );
});
