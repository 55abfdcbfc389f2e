/** Autolog, logged models and the registry with scikit-learn: the same from our server as from MLflow's. */
import { beforeAll, beforeEach, expect, type TestContext, test } from "vitest";
import { createMlflowServer } from "../../src/ingest/mlflow/server";
import { tempFolder, tempStore } from "../../src/store/testStore";
import type { Python } from "../tracer/python";
import { installMlflow, MLFLOW } from "./packages";
import { runClient, startStockServer } from "./servers";

interface Result {
  told: Record<string, unknown>;
  /** The run that logged NaN, then a model. */
  run: string;
}

let python: Python;
let missing: string | undefined;

beforeAll(() => {
  const installed = installMlflow(MLFLOW);
  if (typeof installed !== "string") python = installed;
  else {
    missing = installed;
    console.warn(`NOT TESTED: autolog and models, because ${missing}`);
  }
}, 700_000);
beforeEach((context: TestContext) => context.skip(missing !== undefined, missing));

test("a script with autolog, a grid search, log_model after NaN, the registry and load_model", async () => {
  const stock = await startStockServer(python, tempFolder());
  let theirs: Result;
  try {
    theirs = await runClient(python, "models.py", stock.uri, tempFolder());
  } finally {
    await stock.end();
  }

  const store = tempStore();
  const errors: unknown[] = [];
  const server = createMlflowServer({ store, secret: "5ec2e7", onError: (error) => errors.push(error) });
  const ours = await runClient<Result>(python, "models.py", await server.listen(), tempFolder());
  server.http.closeAllConnections();
  await server.close();

  expect(ours.told).toEqual(theirs.told);
  expect(errors).toEqual([]);
  const { metrics } = store.getRunHead(ours.run)!;
  // log_model sends the run's metrics again.
  expect(metrics.loss).toMatchObject({ last: Infinity, count: 2, lastStep: 2 });
}, 600_000);
