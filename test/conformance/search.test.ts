/** Searches with MLflow's own client: the same is found by our server as by MLflow's, and the same is said of what cannot be. */
import { beforeAll, beforeEach, expect, type TestContext, test } from "vitest";
import { createMlflowServer } from "../../src/ingest/mlflow/server";
import { tempFolder, tempStore } from "../../src/store/testStore";
import type { Python } from "../tracer/python";
import { installMlflow, MLFLOW } from "./packages";
import { runClient, startStockServer } from "./servers";

interface Result {
  told: Record<string, unknown>;
}

/** MLflow's server takes a dataset without a digest for one whose digest is NULL, and finds nothing on it. */
const EXPLAINED = [
  "logged models where  [{'dataset_name': 'test'}]",
  "logged models where metrics.size > 2 [{'dataset_name': 'test'}]",
];

let python: Python;
let missing: string | undefined;

beforeAll(() => {
  const installed = installMlflow(MLFLOW);
  if (typeof installed !== "string") python = installed;
  else {
    missing = installed;
    console.warn(`NOT TESTED: searches, because ${missing}`);
  }
}, 700_000);
beforeEach((context: TestContext) => context.skip(missing !== undefined, missing));

test("runs, experiments, the registry, logged models and traces", async () => {
  const stock = await startStockServer(python, tempFolder());
  let theirs: Result;
  try {
    theirs = await runClient(python, "search.py", stock.uri, tempFolder());
  } finally {
    await stock.end();
  }
  const errors: unknown[] = [];
  const server = createMlflowServer({ store: tempStore(), secret: "5ec2e7", onError: (error) => errors.push(error) });
  const ours = await runClient<Result>(python, "search.py", await server.listen(), tempFolder());
  server.http.closeAllConnections();
  await server.close();
  for (const what of EXPLAINED) {
    expect([ours.told[what], theirs.told[what]]).toEqual([["b"], []]);
    theirs.told[what] = ours.told[what];
  }
  expect(ours.told).toEqual(theirs.told);
  expect(errors).toEqual([]);
}, 600_000);
