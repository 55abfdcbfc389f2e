/** A target that serves nothing but remembers what it was asked to, for tests of rollouts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Route } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { Answer, ReadyBundle, ServingHandle, ServingTarget } from "../contract";
import { testManifest } from "../testManifest";

/** What a version answers the sample with; one that answers nothing does not come up. */
export type Answers = Record<number, number | undefined>;

export function testTarget(answers: Answers) {
  const log: string[] = [];
  let served: Route[] = [];
  /** What callers get, when it is something else than what is served. */
  let endpoint: number | null | undefined;
  const answer = (value: number | null | undefined): Answer => ({
    status: value === undefined || value === null ? 503 : 200,
    headers: {},
    body: Buffer.from(JSON.stringify({ predictions: [value ?? 0] })),
  });
  const target: ServingTarget = {
    name: "local",
    kind: "test",
    contract: "mlflow",
    splits: true,
    shadows: true,
    check: async () => [],
    async apply(plan, { onStep, verify, keep, handle }) {
      keep({ begun: true, before: handle });
      for (const route of plan.routes) {
        if (served.some(({ version }) => version === route.version)) continue;
        onStep("start", `Starting version ${route.version}`);
        log.push(`start ${route.version}`);
        if (answers[route.version] === undefined) throw new UserError(`Version ${route.version} does not come up.`);
        await verify(route, { url: null, request: async () => answer(answers[route.version]) });
      }
      onStep("switch", "Switching");
      served = plan.routes.map(({ ready: _, ...route }) => route);
      log.push(`serve ${served.map(({ version }) => version).join(" ")}`);
      return { serves: served.map(({ version }) => version) };
    },
    status: async () => ({
      state: served.length > 0 ? "live" : "gone",
      detail: null,
      endpoint: "http://test",
      versions: [],
      traffic: null,
    }),
    access: () => ({
      url: "http://test",
      request: async () => answer(endpoint === undefined ? answers[served[0]?.version ?? -1] : endpoint),
    }),
    log: async () => [],
    async undeploy(_handle: ServingHandle) {
      served = [];
      log.push("undeploy");
    },
  };
  return {
    target,
    log,
    served: () => served.map(({ version }) => version),
    /** Null: the endpoint does not answer. */
    answerAtEndpoint(value: number | null | undefined) {
      endpoint = value;
    },
  };
}

/** A bundle with a sample whose answer is `expected`, and nothing else. */
export function testBundle(version: number, expected: number): ReadyBundle {
  const folder = mkdtempSync(join(tmpdir(), "modeltrail-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sample = { request: { inputs: [[1]] }, response: { predictions: [expected] } };
  writeFileSync(join(folder, "sample.json"), JSON.stringify(sample));
  return {
    hash: `bundle-${version}`,
    folder,
    manifest: testManifest({ version, sample: "sample.json" }),
  };
}
