/** Searches with MLflow's own client: the same is found by our server as by MLflow's, and the same is said of what cannot be. */
import { expect, test } from "vitest";
import { tempFolder } from "../../src/store/testStore";
import { askOurs, askStock, useMlflow } from "./compare";
import { runClient } from "./servers";

interface Result {
  told: Record<string, unknown>;
}

/** MLflow's server takes a dataset without a digest for one whose digest is NULL, and finds nothing on it. */
const EXPLAINED = [
  "logged models where  [{'dataset_name': 'test'}]",
  "logged models where metrics.size > 2 [{'dataset_name': 'test'}]",
];

const python = useMlflow("current");
const search = (uri: string) => runClient<Result>(python("current"), "search.py", uri, tempFolder());

test("runs, experiments, the registry, logged models and traces", async () => {
  const [theirs, { result: ours, errors }] = await Promise.all([askStock(python("current"), search), askOurs(search)]);
  for (const what of EXPLAINED) {
    expect([ours.told[what], theirs.told[what]]).toEqual([["b"], []]);
    theirs.told[what] = ours.told[what];
  }
  expect(ours.told).toEqual(theirs.told);
  expect(errors).toEqual([]);
}, 600_000);
