import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { startTestServer } from "../../ingest/mlflow/testServer";
import { giveAliases } from "../../registry/giveAliases";
import { isUngated } from "./ungated";

test("a champion that a client of MLflow made is known for one whose gates nobody asked, where there are any", async () => {
  const { store, ask } = await startTestServer();
  await ask("POST", "/registered-models/create", { name: "wine" });
  for (const source of ["s3://a", "s3://b"]) await ask("POST", "/model-versions/create", { name: "wine", source });
  const give = (alias: string, version: string) =>
    ask("POST", "/registered-models/alias", { name: "wine", alias, version });
  const state = () => Promise.all([1, 2].map((version) => isUngated(store, store.registry.version("wine", version)!)));
  await give("champion", "1");
  await give("best", "2");
  expect(await state()).toEqual([false, false]);
  const setGates = (models: string) =>
    writeFileSync(
      path.join(store.root, "modeltrail.yaml"),
      `gates:\n  good: { kind: metric, metric: accuracy, min: 0.9, models: ["${models}"] }\n`,
    );
  setGates("w*");
  expect(await state()).toEqual([true, false]);
  setGates("beer");
  expect(await state()).toEqual([false, false]);
  setGates("w*");
  await give("champion", "2");
  expect(await state()).toEqual([false, true]);
  // By who says why.
  giveAliases(store, { model: "wine", version: 2 }, ["champion"], { reason: "I know it", gates: [] });
  expect(await state()).toEqual([false, false]);
});
