import { expect, test } from "vitest";
import type { Rollout, Route, Served } from "../../domain/deployment";
import type { DeploymentView } from "../worker/deployments/api";
import { DeploymentsModel, type ReadDeployments } from "./deploymentsModel";
import {
  deploymentContext,
  deploymentDescription,
  deploymentState,
  deploymentTooltip,
  heldBy,
  newRoute,
  rolloutContext,
  rolloutDescription,
  rolloutLabel,
  routeDescription,
  stepDescription,
  trafficInWords,
} from "./describeDeployment";
import { isMoreRolloutsNode } from "./nodes";

const route = (version: number, part: Partial<Route> = {}): Route => ({
  model: "wine",
  version,
  bundle: "b",
  role: "champion",
  percent: 100,
  ...part,
});
const rollout = (id: string, part: Partial<Rollout> = {}): Rollout => ({
  id,
  deployment: "wine",
  kind: "deploy",
  routes: [route(3)],
  actor: "Ada <ada@example.org>",
  steps: [],
  outcome: "live",
  reason: null,
  started: 0,
  ended: 0,
  ...part,
});
const traffic = { seconds: 60, requests: 120, errors: 3, p50: 2.345, p95: 12, p99: 1_500 };
const live: Served = {
  state: "live",
  detail: null,
  endpoint: "http://127.0.0.1:1",
  versions: [{ version: 3, role: "champion", percent: 100, ready: true }],
  traffic,
};
const deployment = (part: Partial<DeploymentView> = {}): DeploymentView => ({
  name: "wine",
  model: "wine",
  target: "local",
  routes: [route(3)],
  settings: null,
  served: live,
  seen: 0,
  created: 0,
  isUnfinished: false,
  rollout: rollout("r9"),
  busy: false,
  ...part,
});

test("what is to be served is one thing, what its target says another", () => {
  expect(deploymentState(deployment())).toBe("live");
  expect(deploymentState(deployment({ served: null }))).toBe("unknown");
  expect(deploymentState(deployment({ routes: [] }))).toBe("stopped");
  const unfinished = { routes: [], isUnfinished: true };
  expect(deploymentState(deployment(unfinished))).toBe("unfinished");
  expect(deploymentTooltip(deployment(unfinished), 0)).toContain("undeploy it to clear that away");
  expect(deploymentState(deployment({ ...unfinished, busy: true }))).toBe("changing");
  expect(deploymentState(deployment({ busy: true }))).toBe("changing");
  expect(deploymentState(deployment({ served: { ...live, state: "gone" } }))).toBe("gone");
});

test("in one line", () => {
  expect(deploymentDescription(deployment())).toBe("live · version 3 · 2/s, p95 12 ms, 3 errors (2.5 %)");
  const split = [
    route(3, { percent: 90 }),
    route(4, { role: "challenger", percent: 10 }),
    route(5, { role: "shadow" }),
  ];
  const other = { target: "cluster", model: "grapes", routes: split, served: { ...live, traffic: null } };
  expect(deploymentDescription(deployment(other))).toBe("live · versions 3 (90 %), 4 (10 %) · grapes · cluster");
  const steps = [{ name: "smoke" as const, state: "running" as const, detail: "", started: 0, ended: null }];
  expect(deploymentDescription(deployment({ busy: true, rollout: rollout("r", { steps }) }))).toContain("smoke test…");
});

test("traffic with its errors and latencies", () => {
  expect(trafficInWords(traffic)).toBe(
    "120 requests in 1 min 00 s · 3 errors (2.5 %) · p50 2.3 ms · p95 12 ms · p99 1.5 s",
  );
  expect(trafficInWords({ ...traffic, requests: 0, errors: 0 })).toBe("0 requests in 1 min 00 s");
  expect(trafficInWords({ ...traffic, errors: 0, p50: null, p95: null, p99: null })).toContain("no errors");
});

test("a version that is served says its share, and whether it is ready", () => {
  expect(routeDescription(route(3), deployment())).toBe("champion · 100 % of requests · ready");
  expect(routeDescription(route(4, { role: "shadow", percent: 20 }), deployment())).toBe("shadow · copies of 20 %");
});

test.each([
  [{}, "Deploy version 3"],
  [{ kind: "rollback" }, "Roll back to version 3"],
  [{ kind: "undeploy", routes: [] }, "Undeploy"],
] as [Partial<Rollout>, string][])("%j is called %s", (part, label) => {
  expect(rolloutLabel(rollout("r", part))).toBe(label);
});

test("a change says what came of it and why, and can be gone back to when it was live", () => {
  const started = { name: "start" as const, state: "done" as const, detail: "", started: 0, ended: 1 };
  const bad = rollout("r", { outcome: "reverted", reason: "It answered 500.", steps: [started] });
  expect(rolloutDescription({ ...bad, steps: [] }, false, 0)).toMatch(/^held back/);
  expect(rolloutDescription(bad, false, 0)).toBe("rolled back by itself · It answered 500. · just now · Ada");
  expect(rolloutContext(bad)).toBe("rollout");
  const held = { name: "gates" as const, state: "failed" as const, detail: "accuracy 0.4", started: 0, ended: 1 };
  expect(rolloutContext({ ...bad, steps: [held] })).toBe("rollout.held");
  expect(heldBy({ ...bad, steps: [held] })).toBe("accuracy 0.4");
  expect(heldBy({ ...bad, outcome: "live", steps: [{ ...held, state: "done" }] })).toBeUndefined();
  expect(rolloutContext(rollout("r"))).toBe("rollout.live");
  expect(rolloutContext(rollout("r", { outcome: "stopped", routes: [] }))).toBe("rollout");
  expect(rolloutDescription(rollout("r", { outcome: null }), false, 0)).toContain("ended without a word");
});

test("what a change was to bring is what is not served", () => {
  const [champion, challenger] = [route(3, { percent: 90 }), route(4, { role: "challenger", percent: 10 })];
  expect(newRoute({ routes: [champion, challenger] }, [route(3)])).toEqual(challenger);
  expect(newRoute({ routes: [route(4)] }, [champion, challenger])).toEqual(route(4));
  expect(newRoute({ routes: [route(3)] }, [route(3)])).toEqual(route(3));
  expect(newRoute({ routes: [] }, [])).toBeUndefined();
});

test("a step says how long it took, when that was long", () => {
  const step = { name: "load" as const, state: "done" as const, detail: "200/s", started: 0, ended: 10_000 };
  expect(stepDescription(step)).toBe("200/s · 10 s");
  expect(stepDescription({ ...step, state: "skipped", detail: "no gates", ended: 1 })).toBe("left out · no gates");
});

test("menus are told what can be done", () => {
  expect(deploymentContext(deployment())).toBe("deployment.idle.deployed.endpoint");
  expect(deploymentContext(deployment({ routes: [], served: null }))).toBe("deployment.idle.undeployed");
  expect(deploymentContext(deployment({ routes: [], served: null, isUnfinished: true }))).toBe(
    "deployment.idle.unfinished",
  );
});

function newModel(all: DeploymentView[], rollouts: Rollout[]): DeploymentsModel {
  const read = async (method: string, { limit }: { limit: number }) =>
    method === "listDeployments" ? all : { rollouts: rollouts.slice(0, limit), more: rollouts.length > limit };
  return new DeploymentsModel({
    read: read as unknown as ReadDeployments,
    projects: () => [{ root: "/a", folder: "/a", name: "a" }],
  });
}

test("below a deployment stand its facts, versions, the last change with its steps, and those before", async () => {
  const steps = [{ name: "gates" as const, state: "done" as const, detail: "2 passed", started: 0, ended: 1 }];
  const last = rollout("r9", { steps });
  const older = Array.from({ length: 30 }, (_, index) => rollout(`r${index + 10}`));
  const view = newModel([deployment({ rollout: last })], [last, ...older]);
  const [first] = await view.roots();
  const below = await view.children(first!);
  expect(below.map(({ kind }) => kind)).toEqual([
    "deploymentFact",
    "deploymentFact",
    "route",
    "rollout",
    "rolloutHistory",
  ]);
  expect(await view.children(below[3]!)).toMatchObject([{ kind: "rolloutStep", step: { name: "gates" } }]);
  const history = await view.children(below[4]!);
  expect(history).toHaveLength(20);
  const more = history.at(-1);
  if (!isMoreRolloutsNode(more)) throw new Error("no way to more");
  view.loadMore(more);
  const all = await view.children(below[4]!);
  expect(all).toHaveLength(30);
  expect(new Set(all.map(({ id }) => id)).size).toBe(30);
});
