/** Deploying to another machine over a link that breaks at the worst times. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ApplyOptions, ReadyRoute, ServingHandle } from "../../src/deploy/contract";
import { remoteServing } from "../../src/deploy/ssh/sshServing";
import { UserError } from "../../src/domain/errors";
import { openStore } from "../../src/store/open";
import { type Host, HostUnreachable } from "../../src/targets/host/contract";
import { createLocalHost } from "../../src/targets/host/local";
import { until } from "../deploy/local";
import { makeProject, python } from "../recorder/cli";
import { stubBundle } from "./endpointBundle";

type Cut = (command: string) => "before" | "after" | undefined;

/** This machine as another one, whose link is cut before or after commands of the endpoint's. */
function deployment() {
  const root = makeProject();
  const home = mkdtempSync(path.join(tmpdir(), "modeltrail-link-"));
  const near = createLocalHost({ ...process.env, HOME: home });
  let cut: Cut = () => undefined;
  const host: Host = {
    ...near,
    name: "box",
    async exec(argv, options) {
      const at = argv.findIndex((word) => word.endsWith("endpoint.py"));
      const when = at < 0 ? undefined : cut(argv[at + 1]!);
      if (when === "before") throw new HostUnreachable("The link is cut.");
      const result = await near.exec(argv, options);
      if (when === "after") throw new HostUnreachable("The link is cut.");
      return result;
    },
  };
  const store = openStore(root);
  const way = { host, hostName: async () => "box.example", ssh: ["ssh"] };
  const target = remoteServing("box", { kind: "ssh", host: "box", python }, { store, env: process.env }, way);
  let handle: ServingHandle | null = null;
  const signal = () => AbortSignal.timeout(60_000);
  onTestFinished(async () => {
    cut = () => undefined;
    if (handle) await target.undeploy(handle, signal());
    store.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function route(version: number, text = String(version)): Promise<ReadyRoute> {
    const ready = await stubBundle(root, text);
    return { model: "wine", version, bundle: ready.hash, role: "champion", percent: 100, ready };
  }
  async function apply(wanted: ReadyRoute, more: Partial<ApplyOptions> = {}, host?: string): Promise<void> {
    const plan = { name: "wine", settings: { target: "box", ...(host && { host }) }, routes: [wanted], token: null };
    const keep = (known: ServingHandle) => {
      handle = known;
    };
    const quiet = { keep, onStep() {}, verify: async () => {}, signal: signal() };
    handle = await target.apply(plan, { handle, ...quiet, ...more });
  }
  async function ask(): Promise<string> {
    return JSON.parse((await target.access(handle!, null).request("/")).body.toString()).version;
  }
  const folder = () => path.join(home, (handle!.folder as string).slice(2));
  const servers = () =>
    JSON.parse(readFileSync(path.join(folder(), "keeper.json"), "utf8")).servers as {
      version: number;
      state: string;
    }[];
  const setCut = (next: Cut) => {
    cut = next;
  };
  const status = () => target.status(handle!, signal());
  return { home, setCut, route, apply, ask, servers, status, folder, handle: () => handle! };
}

test("a switch whose answer is lost is asked about again", async () => {
  const { setCut, route, apply, ask, status } = deployment();
  await apply(await route(1));
  let cuts = 1;
  setCut((command) => (command === "switch" && cuts-- > 0 ? "after" : undefined));
  await apply(await route(2));
  expect(await ask()).toBe("2");
  expect(await status()).toMatchObject({ state: "live", versions: [{ version: 2 }] });
});

test("cut for good before the switch, the old one is served, and what was begun is found the next time", async () => {
  const { setCut, route, apply, ask, servers } = deployment();
  await apply(await route(1));
  setCut((command) => (command === "switch" || command === "drop" ? "before" : undefined));
  await expect(apply(await route(2))).rejects.toThrow(new UserError("The link is cut."));
  setCut(() => undefined);
  expect(await ask()).toBe("1");
  expect(servers().map(({ version, state }) => [version, state])).toContainEqual([2, "ready"]);
  let tried = 0;
  const verify = async () => void tried++;
  await apply(await route(2), { verify });
  expect({ tried, answer: await ask() }).toEqual({ tried: 1, answer: "2" });
});

test("given up while it starts, it is gone; the first time, with all of it", async () => {
  const { home, route, apply, ask, servers, status, folder } = deployment();
  const giveUp = async (one: ReadyRoute) => {
    const given = new AbortController();
    const why = new Error("Given up.");
    const applied = apply(one, { signal: given.signal });
    await until(() => existsSync(folder()) && existsSync(path.join(folder(), "keeper.json")), "a keeper");
    await until(() => servers().some(({ state }) => state === "starting"), "a start");
    given.abort(why);
    await expect(applied).rejects.toBe(why);
  };
  const first = giveUp(await route(1, "slow"));
  await first;
  expect(readdirSync(path.join(home, ".modeltrail/deployments")).filter((name) => !name.startsWith("."))).toEqual([]);
  expect(await status()).toMatchObject({ state: "gone" });
  await apply(await route(2), { handle: null });
  await giveUp(await route(3, "slow"));
  await until(() => servers().length === 1, "its end");
  expect(await ask()).toBe("2");
});

test("removed by hand, nothing of it goes on", async () => {
  const { route, apply, status, folder, handle } = deployment();
  await apply(await route(1), {}, "0.0.0.0");
  const { url, address } = handle() as { url: string; address: { port: number } };
  expect(url).toBe(`http://box.example:${address.port}`);
  const answers = () => fetch(`http://127.0.0.1:${address.port}/`).then(Boolean, () => false);
  expect(await answers()).toBe(true);
  rmSync(folder(), { recursive: true });
  await until(async () => !(await answers()), "its end");
  expect((await status()).state).toBe("gone");
});
