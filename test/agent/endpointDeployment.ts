/** A deployment to this machine as if it were another one, whose link can be cut. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { ApplyOptions, ReadyRoute, ServingHandle } from "../../src/deploy/contract";
import { remoteServing } from "../../src/deploy/ssh/sshServing";
import type { DeploymentSettings } from "../../src/domain/deploymentSettings";
import { openStore } from "../../src/store/open";
import { type Host, HostUnreachable } from "../../src/targets/host/contract";
import { createLocalHost } from "../../src/targets/host/local";
import { makeProject, python } from "../recorder/cli";
import { stubBundle } from "./endpointBundle";

interface KeeperFile {
  process: { pid: number };
  live: string | null;
  servers: { id: string; version: number; state: string; process: { pid: number } | null }[];
}

type Cut = (command: string) => "before" | "after" | undefined;

/** `setCut`: before or after which commands of the endpoint's the link is cut. It goes away after the test. */
export function stubDeployment() {
  const root = makeProject();
  const home = mkdtempSync(path.join(tmpdir(), "modeltrail-link-"));
  const machine = (folder: string) => createLocalHost({ ...process.env, HOME: folder });
  let near = machine(home);
  let cut: Cut = () => undefined;
  let name = "box";
  const host: Host = {
    get name() {
      return name;
    },
    push: (...given) => near.push(...given),
    pull: (...given) => near.pull(...given),
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
    near = machine(home);
    if (handle) await target.undeploy(handle, signal());
    store.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function route(version: number, text = String(version)): Promise<ReadyRoute> {
    const ready = await stubBundle(root, text);
    return { model: "wine", version, bundle: ready.hash, role: "champion", percent: 100, ready };
  }
  function planOf(wanted: ReadyRoute, settings: Partial<DeploymentSettings> = {}, token: string | null = null) {
    return { name: "wine", settings: { target: "box", ...settings }, routes: [wanted], token };
  }
  async function apply(
    wanted: ReadyRoute,
    more: Partial<ApplyOptions> = {},
    { token = null, ...settings }: Partial<Omit<DeploymentSettings, "token">> & { token?: string | null } = {},
  ): Promise<void> {
    const keep = (known: ServingHandle) => {
      handle = known;
      store.deployments.ensure({ name: "wine", model: "wine", target: "box" });
      store.deployments.setHandle("wine", known);
    };
    const quiet = { keep, onStep() {}, verify: async () => {}, signal: signal() };
    keep(await target.apply(planOf(wanted, settings, token), { handle, ...quiet, ...more }));
  }
  /** What the one that answers callers was started with. */
  async function askAll(): Promise<{ version: string; token: string | null }> {
    return JSON.parse((await target.access(handle!, null).request("/")).body.toString());
  }
  const ask = async () => (await askAll()).version;
  const folder = () => path.join(home, (handle!.folder as string).slice(2));
  const keeper = (): KeeperFile => JSON.parse(readFileSync(path.join(folder(), "keeper.json"), "utf8"));
  const servers = () => keeper().servers;
  /** From now on the target leads to another machine. */
  function lead(to: string): void {
    name = to;
    near = machine(makeProject());
  }
  const check = async (wanted: ReadyRoute) => target.check(planOf(wanted), signal());
  const undeploy = () => target.undeploy(handle!, signal());
  const setCut = (next: Cut) => {
    cut = next;
  };
  const status = () => target.status(handle!, signal());
  return {
    home,
    setCut,
    lead,
    route,
    check,
    apply,
    undeploy,
    ask,
    askAll,
    keeper,
    servers,
    status,
    folder,
    handle: () => handle!,
  };
}
