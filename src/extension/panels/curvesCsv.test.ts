import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { csvField, csvName, writeCurvesCsv } from "./curvesCsv";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "modeltrail-csv-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const series = { steps: [0, 1, 2], times: [0, 1_000, 1e300], values: [1e-300, Number.NaN, Infinity] };

test("a series longer than a page comes whole, each run after the other", async () => {
  const file = path.join(folder, "loss.csv");
  const total = 45_000;
  await writeCurvesCsv(
    file,
    "loss",
    [
      { id: "1", name: "a, b" },
      { id: "2", name: "none" },
    ],
    async (id, from, limit) => {
      const count = id === "1" ? Math.max(0, Math.min(limit, total - from)) : 0;
      const column = Float64Array.from({ length: count }, (_, at) => from + at);
      return { steps: column, times: column, values: column, total: id === "1" ? total : 0 };
    },
  );
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(total + 1);
  expect(lines[0]).toBe("run,id,step,time,loss");
  expect(lines.at(-1)).toBe('"a, b",1,44999,1970-01-01T00:00:44.999Z,44999');
});

test("values are exact, and times that are none stay empty", async () => {
  const file = path.join(folder, "loss.csv");
  const column = (values: number[]) => Float64Array.from(values);
  await writeCurvesCsv(file, "loss", [{ id: "1", name: "a" }], async () => ({
    steps: column(series.steps),
    times: column(series.times),
    values: column(series.values),
    total: 3,
  }));
  const values = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").slice(3));
  expect(values).toEqual([
    ["1970-01-01T00:00:00.000Z", "1e-300"],
    ["1970-01-01T00:00:01.000Z", "NaN"],
    ["", "Infinity"],
  ]);
});

test("a fault leaves no half of a file", async () => {
  const file = path.join(folder, "loss.csv");
  const failing = writeCurvesCsv(file, "loss", [{ id: "1", name: "a" }], () => Promise.reject(new Error("gone")));
  await expect(failing).rejects.toThrow("gone");
  expect(existsSync(file)).toBe(false);
});

test("names are no formulas, and files have names of files", () => {
  expect([csvField("=1+1"), csvField('a"b'), csvField("-x")]).toEqual(["'=1+1", '"a""b"', "'-x"]);
  expect([csvName("val/loss @5"), csvName("../x"), csvName("ü")]).toEqual(["val_loss_5", ".._x", "_"]);
});
