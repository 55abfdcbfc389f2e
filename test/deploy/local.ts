/** For tests: deployments on this machine whose models are stubs, and callers of them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { ApplyOptions, ReadyRoute, ServingPlan } from "../../src/deploy/contract";
import { httpCall } from "../../src/deploy/gateway/httpCall";
import { makeLocalServing } from "../../src/deploy/local/localServing";
import { logFolder } from "../../src/deploy/predictions/files";
import type { RouteRole } from "../../src/domain/deployment";
import { openStore } from "../../src/store/open";
import { baseEnvironment, makeProject, modeltrail, python } from "../recorder/cli";

export const NAME = "wine";

/** A project with a deployment that goes away after the test. `served`: the Python of its model servers. */
export function localDeployment(served = python) {
  const root = makeProject();
  const store = openStore(root);
  const env = baseEnvironment(root);
  const context = { store, env };
  const target = makeLocalServing(context, {
    program: modeltrail(),
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

export interface Got {
  status: number;
  version: string | undefined;
  id: string | undefined;
  body: { predictions?: unknown[]; error?: string };
}

/** Asks the endpoint; rejects when there is no answer. */
export async function ask(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  agent?: Agent,
): Promise<Got> {
  const { hostname, port } = new URL(url);
  const answer = await httpCall({
    ...{ host: hostname, port: Number(port), method: "POST", path: "/invocations", agent, limit: 50_000 },
    ...{ body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } },
  });
  const { "x-modeltrail-version": version, "x-modeltrail-prediction": id } = answer.headers;
  return {
    status: answer.status,
    version: version as string,
    id: id as string,
    body: JSON.parse(answer.body.toString()),
  };
}

/** Asks so many times per second until it is ended; gives all answers, and how many there were none to. */
export function stream(url: string, perSecond: number) {
  const agent = new Agent({ keepAlive: true });
  const answers: Got[] = [];
  const calls: Promise<unknown>[] = [];
  let unanswered = 0;
  const turn = 20;
  const timer = setInterval(() => {
    for (let left = (perSecond * turn) / 1_000; left > 0; left--) {
      const call = ask(url, { inputs: [[calls.length]] }, {}, agent);
      calls.push(
        call.then(
          (got) => answers.push(got),
          () => unanswered++,
        ),
      );
    }
  }, turn);
  return {
    count: () => answers.length,
    async end() {
      clearInterval(timer);
      await Promise.all(calls);
      agent.destroy();
      return { answers, unanswered };
    },
  };
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !(await condition()); await wait(20)) {
    if (Date.now() > end) throw new Error(`It never came to this: ${what}`);
  }
}
