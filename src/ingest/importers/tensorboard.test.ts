import { cpSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { imprint, outcomes, pointsOf, testImport } from "./testImport";

const fixtures = path.resolve(import.meta.dirname, "../../../test/fixtures/tensorboard");

test("each folder of event files is a run, with its parts", async () => {
  const location = path.join(tempFolder(), "logs");
  for (const name of ["pytorch", "keras"])
    cpSync(path.join(fixtures, name), path.join(location, name), { recursive: true });
  const before = imprint(location);
  const { store, run } = testImport({ kind: "tensorboard", location });
  const { runs } = await run();
  expect(runs.map(({ name, experiment, outcome }) => [name, experiment, outcome])).toEqual([
    ["keras", "logs", "imported"],
    ["pytorch", "logs", "imported"],
  ]);
  const [keras, pytorch] = runs.map(({ id }) => store.getRun(id)!);
  expect(Object.keys(keras!.metrics)).toEqual(expect.arrayContaining(["train/epoch_loss", "validation/epoch_loss"]));
  expect(pytorch!.params).toEqual({ lr: "0.1", optimizer: "adam", nesterov: "True" });
  expect(pointsOf(store, pytorch!.id, "odd").map(([step, , value]) => [step, value])).toEqual([
    [0, "NaN"],
    [1, "Infinity"],
    [2, "-Infinity"],
  ]);
  expect(pytorch!.startTime).toBe(1_700_000_000_250);
  expect(pytorch!.artifacts.map((file) => file.path)).toEqual([
    "tensorboard/grid/1.png",
    "tensorboard/note/text_summary/2.txt",
  ]);
  expect(imprint(location)).toBe(before);
  expect(outcomes(await run())).toEqual({ present: 2 });
});
