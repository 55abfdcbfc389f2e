import { mkdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { logFolder } from "../../../deploy/predictions/files";
import { predictionId } from "../../../deploy/predictions/id";
import { openPredictionLog } from "../../../deploy/predictions/log";
import { processIdentity } from "../../../store/process";
import { newRun, tempStore } from "../../../store/testStore";
import { deploymentHandlers } from "../deployments/handlers";
import { modelHandlers } from "./handlers";

const never = new AbortController().signal;

function wine() {
  const store = tempStore();
  const { registry } = store;
  registry.createModel({ name: "wine", description: "How good it is", tags: { team: "cellar" } });
  const run = store.createRun(newRun({ name: "bold-fox" }));
  store.ingest(run, {
    points: [{ source: "output", points: [{ key: "accuracy", step: 1, value: 0.93, time: 1 }] }],
    datasets: [{ name: "wine", version: "a".repeat(64), files: 2, size: 10, role: "read", kind: "read" }],
  });
  const version = {
    model: "wine",
    description: "",
    source: "s",
    location: "s",
    runLink: "",
    loggedModel: null,
    tags: {},
  };
  registry.createVersion({ ...version, run });
  registry.createVersion({ ...version, run: null });
  registry.setAlias("wine", "champion", 1);
  const find = () => store;
  const models = modelHandlers({ find, need: find, writable: find });
  return { store, run, models, deployments: deploymentHandlers({ find, need: find, writable: find }) };
}

const at = { root: "/r", model: "wine" };

test("models tell their newest version and who is champion; prompts are none", async () => {
  const { store, models } = wine();
  store.registry.createModel({ name: "ask", description: "", tags: { "mlflow.prompt.is_prompt": "true" } });
  const { models: found, more } = await models.listModels({ root: "/r", limit: 10 }, never);
  expect(more).toBe(false);
  expect(found).toMatchObject([{ name: "wine", newest: 2, aliases: { champion: 1 }, tags: { team: "cellar" } }]);
});

test("a version tells its run, what gates said last, and where it is served", async () => {
  const { store, run, models } = wine();
  const gate = {
    model: "wine",
    version: 1,
    step: null,
    gate: "good",
    kind: "metric",
    detail: {},
    time: 1,
    duration: 1,
  };
  store.gates.add({ ...gate, verdict: "failed", summary: "0.93 is below 0.95" });
  store.gates.add({ ...gate, verdict: "passed", summary: "0.96" });
  store.deployments.ensure({ name: "cellar", model: "wine", target: "local" });
  const routes = [{ model: "wine", version: 1, bundle: "b", role: "champion" as const, percent: 100 }];
  const { id } = store.deployments.begin(
    { deployment: "cellar", kind: "deploy", routes, actor: "a" },
    processIdentity(),
  );
  store.deployments.end(id, "live", null);

  const { versions, more } = await models.listModelVersions({ ...at, limit: 10 }, never);
  expect(more).toBe(false);
  expect(versions.map(({ version }) => version)).toEqual([2, 1]);
  expect(versions[1]).toMatchObject({
    aliases: ["champion"],
    gates: { passed: 1, failed: 0 },
    served: [{ deployment: "cellar", role: "champion", percent: 100 }],
    run: { id: run, name: "bold-fox" },
  });
  expect(versions[0]).toMatchObject({ run: null, served: [] });
  expect(await models.versionDetails({ ...at, version: 1 }, never)).toMatchObject({
    run: { id: run },
    datasets: [{ name: "wine" }],
    gates: [{ gate: "good", verdict: "passed" }],
  });
  expect((await models.listModelVersions({ ...at, limit: 1 }, never)).more).toBe(true);
});

test("a deployment tells the change that goes on, else the last one, and never its handle", async () => {
  const { store, deployments } = wine();
  store.deployments.ensure({ name: "cellar", model: "wine", target: "local" });
  const [fresh] = await deployments.listDeployments({ root: "/r" }, never);
  expect(fresh).toMatchObject({ name: "cellar", rollout: null, busy: false });
  const begin = () =>
    store.deployments.begin({ deployment: "cellar", kind: "deploy", routes: [], actor: "a" }, processIdentity());
  const { id } = begin();
  store.deployments.setHandle("cellar", { secret: 1 });
  const busy = await deployments.getDeployment({ root: "/r", name: "cellar" }, never);
  expect(busy).toMatchObject({ busy: true, rollout: { id } });
  expect(busy).not.toHaveProperty("handle");
  store.deployments.end(id, "reverted", "it was bad");
  expect(await deployments.getDeployment({ root: "/r", name: "cellar" }, never)).toMatchObject({
    busy: false,
    rollout: { id, outcome: "reverted", reason: "it was bad" },
  });
  begin();
  expect(await deployments.listRollouts({ root: "/r", name: "cellar", limit: 1 }, never)).toMatchObject({ more: true });
});

test("predictions are counted by version and role, and listed of the version that is asked for", async () => {
  const { store, deployments } = wine();
  const folder = path.join(store.folder, "deployments", "cellar");
  mkdirSync(folder, { recursive: true });
  const log = openPredictionLog(logFolder(folder), {});
  const add = (version: number, role: "champion" | "challenger", latency: number, status = 200, time = 1) => {
    const asked = { path: "/invocations", inputs: "[]", outputs: "[]", key: null, of: null };
    return log.add({ id: predictionId(time), time, model: "wine", version, role, status, latency, ...asked });
  };
  await Promise.all([add(1, "champion", 1), add(1, "champion", 3), add(2, "challenger", 5, 500)]);

  const ask = (version: number | null) => deployments.predictions({ root: "/r", name: "cellar", version }, never);
  const { newest, ...counted } = await ask(null);
  expect(counted).toEqual({
    counts: [
      { version: 2, role: "challenger", count: 1, errors: 1, p50: 5, p95: 5 },
      { version: 1, role: "champion", count: 2, errors: 0, p50: 2, p95: 2.9 },
    ],
    ...{ counted: 3, more: false, since: 1, sinceChange: null },
  });
  expect(newest.map(({ version }) => version)).toEqual([2, 1, 1]);
  expect((await ask(2)).newest.map(({ version }) => version)).toEqual([2]);
  expect(await deployments.predictions({ root: "/r", name: "none", version: null }, never)).toMatchObject({
    ...{ counted: 0, since: null, newest: [] },
  });

  store.deployments.ensure({ name: "cellar", model: "wine", target: "local" });
  const asked = { deployment: "cellar", kind: "deploy" as const, routes: [], actor: "a" };
  store.deployments.end(store.deployments.begin(asked, processIdentity()).id, "live", null);
  await add(2, "champion", 7, 200, Date.now() + 1_000);
  log.close();
  const { sinceChange } = await ask(null);
  expect(sinceChange?.counts).toMatchObject([{ version: 2, role: "champion", count: 1 }]);
  await expect(async () =>
    deployments.predictions({ root: "/r", name: "../..", version: null }, never),
  ).rejects.toThrow("cannot be a deployment's name");
});
