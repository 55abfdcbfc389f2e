/** For tests: deployments on this machine whose models are stubs, and callers of them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ApplyOptions, ReadyRoute, ServingPlan } from "../../src/deploy/contract";
import { makeLocalServing } from "../../src/deploy/local/localServing";
import { logFolder } from "../../src/deploy/predictions/files";
import type { RouteRole } from "../../src/domain/deployment";
import { openStore } from "../../src/store/open";
import { baseEnvironment, makeProject, modeltrail, python } from "../recorder/cli";

export { ask, type Got, stream, until } from "./callers";

export const NAME = "wine";

/**
 * A project with a deployment that goes away after the test. `served`: the Python of its model servers; `program`: the command that
 * its processes are.
 */
export function localDeployment(served = python, program = modeltrail()) {
  const root = makeProject();
  const store = openStore(root);
  const env = baseEnvironment(root);
  const context = { store, env };
  const target = makeLocalServing(context, {
    program,
    python: async () => ({ python: served, env: {} }),
  });
  const folder = join(store.folder, "deployments", NAME);
  const handle = { name: NAME, url: null };
  const signal = () => AbortSignal.timeout(60_000);
  onTestFinished(async () => {
    await target.undeploy(handle, signal());
    store.close();
  });

  function route(
    version: number,
    part: { role?: RouteRole; percent?: number; stub?: object; hash?: string } = {},
  ): ReadyRoute {
    const { role = "champion", percent = 100, stub = {}, hash = `hash${version}` } = part;
    const bundle = join(root, "bundles", hash);
    mkdirSync(join(bundle, "modeltrail_serve"), { recursive: true });
    writeFileSync(join(bundle, "modeltrail_serve/__main__.py"), readFileSync(join(import.meta.dirname, "stubApp.py")));
    writeFileSync(join(bundle, "stub.json"), JSON.stringify({ version, ...stub }));
    const manifest = {
      ...{
        format: 1 as const,
        model: NAME,
        version,
        run: null,
        flavour: "function" as const,
        modelFormat: "python" as const,
      },
      ...{ executesCode: true, entry: "model", python: "3.11", requirements: [], input: null, sample: null, files: [] },
      created: "2026-01-01T00:00:00Z",
    };
    return { model: NAME, version, bundle: hash, role, percent, ready: { hash, folder: bundle, manifest } };
  }

  function plan(
    routes: ReadyRoute[],
    settings: Partial<ServingPlan["settings"]> = {},
    token: string | null = null,
  ): ServingPlan {
    return { name: NAME, settings: { target: "local", ...settings }, routes, token };
  }

  const steps: string[] = [];
  function apply(what: ServingPlan, options: Partial<ApplyOptions> = {}) {
    const onStep = (step: string, detail: string) => void steps.push(`${step}: ${detail}`);
    return target.apply(what, { handle, keep() {}, onStep, verify: async () => {}, signal: signal(), ...options });
  }

  const status = () => target.status(handle, signal());
  return {
    root,
    store,
    target,
    folder,
    handle,
    signal,
    route,
    plan,
    apply,
    status,
    steps,
    predictions: logFolder(folder),
  };
}

export type Deployed = ReturnType<typeof localDeployment>;
