/** Unmodified trainings with `mlflow.autolog()`: what is kept of them is the same as with MLflow's own server, field by field. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { tempFolder } from "../../src/store/testStore";
import { askOurs, askStock, useMlflow } from "./compare";
import { runClient, runScript } from "./servers";

const python = useMlflow("current");
const trainings = readdirSync(new URL("trainings", import.meta.url)).filter((name) => name.endsWith(".py"));

type Told = { told: Record<string, unknown> };

async function train(uri: string): Promise<Told> {
  const folder = tempFolder();
  for (const name of trainings) await runScript(python("current"), `trainings/${name}`, uri, folder);
  return runClient(python("current"), "runs.py", uri, folder);
}

test("scikit-learn, XGBoost, LightGBM, statsmodels, nested runs, async logging and system metrics", async () => {
  const [theirs, ours] = await Promise.all([askStock(python("current"), train), askOurs(train)]);
  expect(ours.result.told).toEqual(theirs.told);
  expect(Object.keys(ours.result.told).sort()).toEqual([
    "Default",
    "grid search",
    "lightgbm",
    "machine",
    "statsmodels",
    "xgboost",
  ]);
  expect(ours.errors).toEqual([]);
}, 600_000);
