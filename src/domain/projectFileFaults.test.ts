import { expect, test } from "vitest";
import { projectFileFaults } from "./projectFileFaults";

const told = (value: unknown) =>
  projectFileFaults(value).map(({ path, isKey, message }) => `${path.join(".")}${isKey ? " (key)" : ""} ${message}`);

test("a file that is right, or empty, has none", () => {
  expect(told({ data: ["a/*.csv"], entries: { train: "python train.py" } })).toEqual([]);
  expect(told(null)).toEqual([]);
});

test.each([
  [{ dat: [] }, "dat (key) is not known here"],
  [{ data: "a.csv" }, "data has to be a list"],
  [{ data: [5] }, "data.0 has to be a text"],
  [{ keep: { maxFileSize: "big" } }, 'keep.maxFileSize is not a size like "50MB"'],
  [{ mlflow: { autolog: "yes" } }, "mlflow.autolog has to be true or false"],
  [{ space: { keepDeletedDays: -1 } }, "space.keepDeletedDays has to be at least 0"],
  [{ metrics: { rules: [{}] } }, "metrics.rules.0.pattern is missing"],
  [{ metrics: { rules: [{ pattern: "" }] } }, "metrics.rules.0.pattern must not be empty"],
  [{ datasets: { images: 5 } }, "datasets.images has to be a text, or a list"],
  [{ entries: { train: {} } }, "entries.train.command is missing"],
  [[], " has to be a mapping (key: value)"],
])("%j", (value, expected) => expect(told(value)).toEqual([expected]));
