/** Models on a machine behind a real sshd, answered by the real app. What only what keeps it there has to do with: test/agent/endpoint*.test.ts. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { UserError } from "../../src/domain/errors";
import { stream, until } from "../deploy/local";
import { useCli } from "../recorder/cli";
import { pythonThatServes } from "../serve/python";
import { mountSmallDisk, unmount } from "./fixtures/job";
import { registeredModel } from "./fixtures/registered";
import { remoteDeployment } from "./fixtures/remoteServing";
import { freePort, type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const python = pythonThatServes();
const PER_SECOND = 100;

describe.skipIf(!sshdProgram || !python)("models on a machine behind ssh", () => {
  useCli();
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());
  const deployment = (settings: Parameters<typeof remoteDeployment>[1] = {}) =>
    remoteDeployment(sshd, settings, python!);
  const endpoints = () => {
    const folder = path.join(sshd.home, ".modeltrail/deployments");
    return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  };

  test("a version takes over under load without a failed request, and one that fails is never seen", async () => {
    const port = await freePort();
    const { target, plan, route, apply, steps, status, undeploy, handle, signal, ask, processes } = deployment();
    const [first, second] = [await route(1), await route(2)];
    expect(await target.check(plan([first], { port }), signal())).toEqual([]);
    await apply(plan([first], { port }));
    expect(steps.at(-1)).toMatch(new RegExp(`ssh -F ${sshd.config} -N -L ${port}:127.0.0.1:${port} box$`));
    expect(await status()).toMatchObject({ state: "live", versions: [{ version: 1, ready: true }] });

    const callers = stream(`http://127.0.0.1:${port}`, PER_SECOND);
    const seen = () => callers.count() > 0;
    await until(seen, "an answer");
    // One is tried at a port of its own while callers are answered by the other.
    const tried: unknown[] = [];
    await apply(plan([second], { port, workers: 2 }), {
      async verify(_, access) {
        const body = JSON.stringify({ dataframe_records: [{ x: 1 }] });
        tried.push(JSON.parse((await access.request("/invocations", { body })).body.toString()).predictions);
        tried.push((await ask(1)).predictions);
      },
    });
    expect(tried).toEqual([[2], [1]]);
    expect((await ask(1)).predictions).toEqual([2]);

    const fails = apply(plan([await route(3, "raise RuntimeError('no such file')")], { port }));
    await expect(fails).rejects.toThrow(
      /Version 3 does not start on box\. It ended with exit code 1\.[\s\S]*no such file/,
    );
    expect(await status()).toMatchObject({ state: "live", versions: [{ version: 2 }] });

    steps.length = 0;
    await apply(plan([first], { port }));
    expect(steps.filter((step) => step.includes("Sending"))).toEqual([]);
    const { answers, unanswered } = await callers.end();
    expect({ unanswered, statuses: [...new Set(answers.map((one) => one.status))] }).toEqual({
      unanswered: 0,
      statuses: [200],
    });
    const versions = answers.map(({ body }) => body.predictions![0]).filter((one, at, all) => one !== all[at - 1]);
    expect(versions[0]).toBe(1);
    expect(new Set(versions)).toEqual(new Set([1, 2]));

    // What is the same in all goes on as it is.
    const answering = async () => (await ask("environment")).predictions[0][2];
    const before = await answering();
    await apply(plan([first], { port }), { verify: () => Promise.reject(new Error("asked")) });
    expect(await answering()).toBe(before);
    expect((await target.log(handle(), 100, signal())).join("\n")).toContain("no such file");
    await undeploy();
    expect({ left: processes(), folders: endpoints() }).toEqual({ left: [], folders: [] });
    expect((await status()).state).toBe("gone");
    await undeploy();
  });

  test("what dies comes back at the same place, or is told; callers show a token that is nowhere to be seen", async () => {
    const { target, plan, route, apply, ask, status, undeploy, handle, processes, signal } = deployment({
      env: { GREETING: "hé" },
    });
    const one = await route(1);
    const token = "shown-by-callers";
    await apply(plan([one], {}, token));
    const folder = path.join(sshd.home, (handle().folder as string).slice(2));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect((await ask(1)).status).toBe(401);
    // The model itself never sees it.
    const { predictions } = await ask("environment", token);
    expect(predictions[0].slice(0, 2)).toEqual([null, "hé"]);
    const said = processes().map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    const written = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isFile());
    const texts = written.map(({ name }) => readFileSync(path.join(folder, name), "utf8"));
    expect(`${said.join()}${JSON.stringify(handle())}${texts.join()}`).not.toContain(token);

    const { address } = handle() as { address: { port: number } };
    const moved = await target.check(plan([one], { host: "0.0.0.0", port: address.port }, token), signal());
    expect(moved).toMatchObject([
      { message: expect.stringMatching(/itself has the port, at 127\.0\.0\.1, and can only/) },
    ]);
    const [pid] = processes() as [number];
    process.kill(pid, "SIGKILL");
    // Who comes meanwhile waits until another has taken its place.
    expect((await ask(1, token)).predictions).toEqual([1]);
    expect(processes()).not.toContain(pid);

    const { process: keeper } = JSON.parse(readFileSync(path.join(folder, "keeper.json"), "utf8"));
    process.kill(keeper.pid, "SIGKILL");
    expect(await status()).toMatchObject({ state: "down", detail: expect.stringContaining("Deploy it again.") });
    await expect(ask(1, token)).rejects.toThrow(UserError);
    // What it kept is just ending, and has the port.
    await apply(plan([one], { port: address.port, host: "localhost" }, token));
    const [kept] = processes() as [number];
    await apply(plan([one], { host: "localhost" }, token));
    expect(processes()).toEqual([kept]);
    expect(await status()).toMatchObject({ state: "live", detail: null });
    expect(handle()).toMatchObject({ address: { host: "localhost", port: address.port } });

    sshd.link.cut("refuse");
    // The first question may still go into the connection that is shared, which only notices then that it is none.
    await until(
      async () => (await status()).detail?.includes("box cannot be reached") === true,
      "the link to be seen as cut",
    );
    expect((await status()).state).toBe("unreachable");
    await expect(undeploy()).rejects.toThrow(UserError);
    sshd.link.restore();
    expect((await status()).state).toBe("live");

    process.kill(JSON.parse(readFileSync(path.join(folder, "keeper.json"), "utf8")).process.pid, "SIGKILL");
    await undeploy();
    expect({ left: processes(), folders: endpoints() }).toEqual({ left: [], folders: [] });
  });

  test("what cannot be served is told before anything begins; a first version that fails leaves nothing", async () => {
    const { target, plan, route, apply, signal } = deployment();
    const [one, two] = [await route(1), await route(2)];
    const check = async (...given: Parameters<typeof plan>) =>
      (await target.check(plan(...given), signal())).map(({ severity, message }) => `${severity}: ${message}`);
    const challenger = { ...two, role: "challenger", percent: 10 } as const;
    expect(await check([one, challenger])).toEqual([
      expect.stringMatching(/^error: On box one version answers at a time/),
    ]);
    const port = Number(/\d+/.exec(`${sshd.link.port}`)![0]);
    expect(await check([one], { port })).toEqual([expect.stringMatching(/^error: Callers cannot come to .* in use/)]);
    expect(await check([one], { host: "0.0.0.0" })).toEqual([expect.stringMatching(/^warning: Everyone who reaches/)]);
    expect(await check([one], { log: {} })).toEqual([expect.stringMatching(/^warning: There is no prediction log/)]);
    const lacking = {
      ...one,
      ready: { ...one.ready, manifest: { ...one.ready.manifest, requirements: ["torchx==1.0"] } },
    };
    expect(await check([lacking])).toEqual([
      expect.stringMatching(/^error: On box the Python of the target lacks torchx\./),
    ]);
    const bare = deployment({ python: "python3.0" });
    expect(await bare.target.check(plan([one]), signal())).toMatchObject([
      { message: expect.stringContaining("python3.0") },
    ]);

    await expect(apply(plan([await route(3, "import nowhere_to_be_found")]))).rejects.toThrow(/does not start on box/);
    expect(endpoints()).toEqual([]);
  });

  test("a full disk there is told, and nothing is left on it", async () => {
    const small = path.join(sshd.folder, "small");
    if (!mountSmallDisk(small, "1m")) return;
    try {
      const { plan, route, apply } = deployment({ folder: path.join(small, "jobs") });
      const large = `# ${"x".repeat(1_500_000)}\n`;
      await expect(apply(plan([await route(1, large)]))).rejects.toThrow(/on box is full\. Free space there/);
      expect(readdirSync(path.join(small, "deployments")).filter((name) => !name.startsWith("."))).toEqual([]);
    } finally {
      unmount(small);
    }
  });

  test("a recorded model of scikit-learn, by the command line", async () => {
    const target = `{ kind: ssh, host: ${sshd.alias}, sshConfig: ${sshd.config}, python: ${python} }`;
    const deployments = "deployments:\n  wine: { target: box, host: 0.0.0.0, token: true }\n";
    const more = { XDG_RUNTIME_DIR: sshd.env.XDG_RUNTIME_DIR };
    const command = await registeredModel(python!, `targets:\n  box: ${target}\n${deployments}`, more);
    try {
      const said = await command("deploy", "wine", "--to", "wine", "--trust");
      const url = /Live: wine at (http:\/\/127\.0\.0\.1:\d+)/.exec(said)![1]!;
      expect((await fetch(`${url}/invocations`, { method: "POST", body: "{}" })).status).toBe(401);
      expect(await command("deployments", "show", "wine")).toMatch(/live/);
    } finally {
      await command("deployments", "undeploy", "wine");
    }
    expect(endpoints()).toEqual([]);
  });
});
