import { expect, test } from "vitest";
import { UserError } from "../../domain/errors";
import type { GateVerdict } from "../../domain/gate";
import { tempStore } from "../../store/testStore";
import { type Change, type RolloutTools, rollOut } from "./rollOut";
import { type Answers, testBundle, testTarget } from "./testTarget";

const champion = (version: number) => ({ model: "wine", version, role: "champion" as const, percent: 100 });

/** `answers`: what each version answers; `expected`: what its bundle says that it should, by default the same. */
function setUp({ answers, expected = {} }: { answers: Answers; expected?: Answers }) {
  const store = tempStore();
  const place = testTarget(answers);
  let verdict: GateVerdict = "passed";
  const overridden: string[] = [];
  const tools: RolloutTools = {
    store,
    target: place.target,
    actor: "Ada",
    tokenOf: ({ token }) => (token ? "s3cret" : null),
    bundle: async ({ version }) => testBundle(version, expected[version] ?? answers[version] ?? 0),
    openBundle: async ({ version }) => testBundle(version, expected[version] ?? answers[version] ?? 0),
    gates: async ({ version }) => [
      {
        id: "g",
        model: "wine",
        version,
        step: "deploy",
        gate: "accurate",
        kind: "metric",
        verdict,
        summary: "accuracy 0.5 is below 0.9",
        detail: {},
        time: 0,
        duration: 0,
      },
    ],
    override: (_results, reason) => void overridden.push(reason),
    compatibility: async () => "It runs.",
    patience: 100,
  };
  const deploy = (version: number, part: Partial<Change> = {}, signal = new AbortController().signal) =>
    rollOut(
      tools,
      {
        kind: "deploy",
        deployment: "wine",
        model: "wine",
        settings: { target: "local" },
        routes: [champion(version)],
        checked: [version],
        ...part,
      },
      signal,
    );
  const stepsOf = (rollout: { steps: { name: string; state: string }[] }) =>
    rollout.steps.map(({ name, state }) => `${name} ${state}`);
  return { ...place, store, tools, deploy, stepsOf, overridden, gatesSay: (now: GateVerdict) => (verdict = now) };
}

test("each step is taken in order and told, and what is live is known", async () => {
  const { deploy, store, stepsOf, log } = setUp({ answers: { 1: 5 } });
  const rollout = await deploy(1, { settings: { target: "local", load: { seconds: 0.05, concurrency: 2 } } });
  expect(rollout).toMatchObject({ outcome: "live", reason: null });
  expect(stepsOf(rollout)).toEqual([
    "gates done",
    "bundle done",
    "compatibility done",
    "start done",
    "smoke done",
    "load done",
    "switch done",
    "confirm done",
  ]);
  expect(rollout.steps.find(({ name }) => name === "load")!.detail).toMatch(
    /requests, \d+ per second, p50 .* 0 errors/,
  );
  expect(log).toEqual(["start 1", "serve 1"]);
  expect(store.deployments.get("wine")).toMatchObject({
    routes: [{ version: 1, bundle: "bundle-1" }],
    handle: { serves: [1] },
    served: { state: "live" },
  });
});

test("a failing gate stops it before anything is started, unless it is passed over with a reason", async () => {
  const { deploy, log, gatesSay, stepsOf, overridden, store } = setUp({ answers: { 1: 1, 2: 2 } });
  await deploy(1);
  gatesSay("failed");
  const stopped = await deploy(2);
  expect(stopped).toMatchObject({
    outcome: "reverted",
    reason: "Version 2 did not pass its gates. accurate: accuracy 0.5 is below 0.9.",
  });
  expect(stepsOf(stopped)).toEqual(["gates failed"]);
  expect(log).toEqual(["start 1", "serve 1"]);
  expect(store.deployments.get("wine")).toMatchObject({ routes: [{ version: 1 }], handle: { serves: [1] } });
  expect(await deploy(2, { override: "the gate is wrong" })).toMatchObject({ outcome: "live" });
  expect(overridden).toEqual(["the gate is wrong"]);
});

test("a version that answers its sample wrongly never gets requests", async () => {
  const { deploy, served, store } = setUp({ answers: { 1: 1, 2: 7 }, expected: { 2: 2 } });
  await deploy(1);
  const bad = await deploy(2);
  expect(bad).toMatchObject({
    outcome: "reverted",
    reason: "It answered the sample wrongly: the answer.predictions[0] is 7, not 2.",
  });
  expect(bad.steps.at(-1)).toMatchObject({ name: "smoke", state: "failed" });
  expect(served()).toEqual([1]);
  expect(store.deployments.get("wine")).toMatchObject({ routes: [{ version: 1 }], handle: { serves: [1] } });
});

test("one that does not come up the first time leaves nothing", async () => {
  const { deploy, store, stepsOf, log } = setUp({ answers: {} });
  const rollout = await deploy(1);
  expect(rollout).toMatchObject({ outcome: "reverted", reason: "Version 1 does not come up." });
  expect(stepsOf(rollout).at(-1)).toBe("start failed");
  expect(store.deployments.get("wine")).toMatchObject({ routes: [], handle: null });
  expect(log).toEqual(["start 1", "undeploy"]);
  store.deployments.remove("wine");
});

test("what was begun and cannot be taken away is not forgotten", async () => {
  const { deploy, store, target, log } = setUp({ answers: {} });
  const { undeploy } = target;
  target.undeploy = () => Promise.reject(new UserError("The cloud does not answer."));
  expect(await deploy(1)).toMatchObject({
    outcome: "failed",
    reason: "Version 1 does not come up. Going back failed too: The cloud does not answer.",
  });
  expect(store.deployments.get("wine")).toMatchObject({ routes: [], handle: { begun: true } });
  target.undeploy = undeploy;
  expect(await deploy(1, { kind: "undeploy", routes: [], checked: [] })).toMatchObject({ outcome: "stopped" });
  expect(log.at(-1)).toBe("undeploy");
  expect(store.deployments.get("wine")).toMatchObject({ handle: null });
});

test("a version too slow for the load test is not let in", async () => {
  const { deploy, served } = setUp({ answers: { 1: 1, 2: 2 } });
  await deploy(1);
  const load = { seconds: 0.05, minRate: 1e9 };
  expect(await deploy(2, { settings: { target: "local", load } })).toMatchObject({
    outcome: "reverted",
    reason: expect.stringMatching(/^The load test was not passed: .* requests per second are below 1000000000\.$/),
  });
  expect(served()).toEqual([1]);
});

test("when the endpoint itself is wrong, what was served before is served again", async () => {
  const place = setUp({ answers: { 1: 1, 2: 2 } });
  await place.deploy(1);
  const { apply } = place.target;
  place.target.apply = async (plan, options) => {
    const handle = await apply(plan, options);
    // The endpoint goes wrong as soon as the new version is behind it.
    const isNew = plan.routes[0]!.version === 2;
    place.answerAtEndpoint(isNew ? 99 : undefined);
    return handle;
  };
  const rollout = await place.deploy(2);
  expect(rollout).toMatchObject({ outcome: "reverted", reason: expect.stringContaining("is 99, not 2") });
  expect(rollout.steps.at(-1)).toMatchObject({ name: "revert", state: "done", detail: "Version 1 is served again." });
  expect(place.served()).toEqual([1]);
  expect(place.store.deployments.get("wine")).toMatchObject({ routes: [{ version: 1 }], handle: { serves: [1] } });
});

test("going back brings the settings and the token of before, too", async () => {
  const place = setUp({ answers: { 1: 1, 2: 2 } });
  const settings = { target: "local", port: 1_001, token: true, limits: { body: 10 } };
  await place.deploy(1, { settings });
  const { apply } = place.target;
  const applied: unknown[] = [];
  place.target.apply = async (plan, options) => {
    applied.push([plan.settings, plan.token, options.former]);
    place.answerAtEndpoint(plan.routes[0]!.version === 2 ? null : undefined);
    return apply(plan, options);
  };
  const next = { target: "local", port: 2_002 };
  expect(await place.deploy(2, { settings: next })).toMatchObject({ outcome: "reverted" });
  expect(applied).toEqual([
    [next, null, undefined],
    [settings, "s3cret", { serves: [1] }],
  ]);
  expect(place.store.deployments.get("wine")!.settings).toEqual(settings);
});

test("going back that fails is told as what it is", async () => {
  const place = setUp({ answers: { 1: 1 } });
  place.answerAtEndpoint(99);
  place.target.undeploy = async () => {
    throw new UserError("The machine does not answer.");
  };
  expect(await place.deploy(1)).toMatchObject({
    outcome: "failed",
    reason: expect.stringMatching(/is 99, not 1\. Going back failed too: The machine does not answer\.$/),
  });
});

test("an interrupted one leaves what is served, and says so", async () => {
  const { deploy, tools, served } = setUp({ answers: { 1: 1, 2: 2 } });
  await deploy(1);
  const controller = new AbortController();
  tools.compatibility = async () => {
    controller.abort(new UserError("Interrupted."));
    return "It runs.";
  };
  expect(await deploy(2, {}, controller.signal)).toMatchObject({ outcome: "reverted", reason: "Interrupted." });
  expect(served()).toEqual([1]);
});

test("one that is interrupted when the new version is served already goes back", async () => {
  const { deploy, target, served, answerAtEndpoint } = setUp({ answers: { 1: 1, 2: 2 } });
  await deploy(1);
  const controller = new AbortController();
  const { apply } = target;
  target.apply = async (plan, options) => {
    const handle = await apply(plan, options);
    answerAtEndpoint(plan.routes[0]!.version === 2 ? null : undefined);
    controller.abort(new UserError("Interrupted."));
    return handle;
  };
  const rollout = await deploy(2, {}, controller.signal);
  expect(rollout).toMatchObject({ outcome: "reverted", reason: "Interrupted." });
  expect(rollout.steps.at(-1)).toMatchObject({ name: "revert", state: "done" });
  expect(served()).toEqual([1]);
});

test("the endpoint is asked for the champion, whatever share the challenger has", async () => {
  const { deploy, target } = setUp({ answers: { 1: 1, 2: 2 } });
  await deploy(1);
  const asked: unknown[] = [];
  const { access } = target;
  target.access = (handle, token) => {
    const real = access(handle, token);
    return {
      ...real,
      request(path, options) {
        asked.push(options?.headers?.["x-modeltrail-version"]);
        return real.request(path, options);
      },
    };
  };
  const challenger = { model: "wine", version: 2, role: "challenger" as const, percent: 100 };
  expect(await deploy(2, { routes: [{ ...champion(1), percent: 0 }, challenger] })).toMatchObject({ outcome: "live" });
  expect(asked).toEqual(["1"]);
});

test("undeploying that fails does not say that all is as before", async () => {
  const { deploy, target, store } = setUp({ answers: { 1: 1 } });
  await deploy(1);
  target.undeploy = async () => {
    throw new UserError("The engine does not answer.");
  };
  const rollout = await deploy(1, { kind: "undeploy", routes: [], checked: [] });
  expect(rollout).toMatchObject({ outcome: "failed", reason: "The engine does not answer." });
  expect(store.deployments.get("wine")!.handle).toEqual({ serves: [1] });
});

test("two people deploying at once: the second is told who does", async () => {
  const { deploy, tools } = setUp({ answers: { 1: 1, 2: 2 } });
  let second: unknown;
  tools.compatibility = async () => {
    second = await deploy(2).catch((error) => error);
    return "It runs.";
  };
  expect(await deploy(1)).toMatchObject({ outcome: "live" });
  expect(second).toBeInstanceOf(UserError);
  expect((second as Error).message).toMatch(/^"wine" is being changed by Ada \(process \d+ on /);
});

test("undeploying ends it, and it can be deployed again", async () => {
  const { deploy, store, log } = setUp({ answers: { 1: 1 } });
  await deploy(1);
  const stopped = await deploy(1, { kind: "undeploy", routes: [], checked: [] });
  expect(stopped).toMatchObject({ outcome: "stopped", steps: [{ name: "stop", state: "done" }] });
  expect(store.deployments.get("wine")).toMatchObject({ routes: [], handle: null });
  await deploy(1);
  expect(log).toEqual(["start 1", "serve 1", "undeploy", "start 1", "serve 1"]);
});
