/** MLflow's own clients against our server: what they are told is what MLflow's server tells them. */
import { afterAll, beforeAll, beforeEach, expect, type TestContext, test } from "vitest";
import { createMlflowServer, type MlflowServer } from "../../src/ingest/mlflow/server";
import { tempFolder, tempStore } from "../../src/store/testStore";
import type { Python } from "../tracer/python";
import { installMlflow, MLFLOW, OLD_CLIENT } from "./packages";
import { runClient, startStockServer } from "./servers";

type Told = Record<string, unknown>;
interface Result {
  told: Told;
  version: string;
  outer: string;
}

/** What MLflow's server says of these is a fault of its own: it fails, and its client tries again for minutes. */
const EXPLAINED = ["rename a deleted experiment"];

const pythons = new Map<string, Python>();
let missing: string | undefined;
let server: MlflowServer | undefined;

beforeAll(() => {
  for (const requirement of [MLFLOW, OLD_CLIENT]) {
    const installed = installMlflow(requirement);
    if (typeof installed !== "string") pythons.set(requirement, installed);
    else missing = installed;
  }
  if (missing) console.warn(`NOT TESTED: MLflow's clients, because ${missing}`);
}, 1_300_000);
beforeEach((context: TestContext) => context.skip(missing !== undefined, missing));
afterAll(() => server?.close());

async function askOurs(requirement: string, artifacts: "file" | "http") {
  const store = tempStore();
  server = createMlflowServer({ store, secret: "5ec2e7", artifacts });
  const result = await runClient<Result>(pythons.get(requirement)!, "client.py", await server.listen(), tempFolder());
  server.http.closeAllConnections();
  await server.close();
  return { ...result, store };
}

test("the newest client is told what MLflow's server tells it, field by field", async () => {
  const stock = await startStockServer(pythons.get(MLFLOW)!, tempFolder());
  let theirs: Result;
  try {
    theirs = await runClient(pythons.get(MLFLOW)!, "client.py", stock.uri, tempFolder());
  } finally {
    await stock.end();
  }
  const { told: ours } = await askOurs(MLFLOW, "file");
  for (const name of EXPLAINED) {
    expect(ours[name], name).not.toEqual(theirs.told[name]);
    delete ours[name];
    delete theirs.told[name];
  }
  expect(ours).toEqual(theirs.told);
  expect(Object.keys(ours).length).toBeGreaterThan(50);
}, 300_000);

test("a client before 3.0 is told the same, as far as it asks", async () => {
  const { told: ours } = await askOurs(MLFLOW, "http");
  const { told: old, version } = await askOurs(OLD_CLIENT, "http");
  expect(version).toMatch(/^2\./);
  expect(Object.keys(ours)).toEqual(Object.keys(old));
  expect(ours).toMatchObject(old);
}, 300_000);

test("what a client logged is in the project's own runs", async () => {
  const { outer, store } = await askOurs(MLFLOW, "file");
  expect(store.getRunHead(outer)).toMatchObject({
    name: "renamed",
    experiment: "wine",
    status: "finished",
    note: "a note",
    params: { lr: "0.1", depth: "3", none: "None" },
    metrics: { loss: { last: 7, count: 6, lastStep: 9 }, nan: { last: Number.NaN } },
    tags: { kind: "test", a: "1" },
  });
  const child = store.listRuns({ parent: outer }).runs;
  expect(child.map(({ name, metrics }) => [name, metrics.acc?.last])).toEqual([["inner", 0.5]]);
}, 300_000);
