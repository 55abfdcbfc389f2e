/** The examples, run for real: they end well, learn something, and give the same bytes for the same options. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonWithPackages } from "./examplePython";
import { findPythons } from "./tracer/python";

const root = fileURLToPath(new URL("..", import.meta.url));
const pythons = findPythons();
const newest = pythons.at(-1)!.executable;

let scratch: string;
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "modeltrail examples ")));
  for (const example of ["quickstart", "wine"]) {
    cpSync(path.join(root, "examples", example), path.join(scratch, example), {
      recursive: true,
      filter: (source) => ![".venv", "outputs"].includes(path.basename(source)),
    });
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Run an example's train.py; `files` holds what it wrote to its folder `out`. */
async function train(python: string, example: string, out: string, options: string[] = []) {
  const folder = path.join(scratch, example);
  rmSync(path.join(folder, out), { recursive: true, force: true });
  const argv = [path.join(folder, "train.py"), ...options, ...(out === "outputs" ? [] : ["--out", out])];
  // From elsewhere: an example finds its data, and writes beside itself, wherever it is started.
  const { stdout, stderr } = await promisify(execFile)(python, argv, { cwd: scratch });
  const names = readdirSync(path.join(folder, out)).sort();
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, out, name))]));
  const metrics: Record<string, number> = JSON.parse(String(files["metrics.json"]));
  return { lines: stdout.split(/\r?\n/), stderr, files, metrics };
}

/** The number of `epoch i/n loss=… val_loss=… val_accuracy=…` lines; throws when one is missing or out of order. */
function epochsOf(lines: string[]): number {
  const epochs = lines.filter((line) => line.startsWith("epoch "));
  for (const [index, line] of epochs.entries()) {
    const number = String.raw`=\d+\.\d{4}`;
    const form = `^epoch ${index + 1}/${epochs.length} loss${number} val_loss${number} val_accuracy${number}$`;
    expect(line).toMatch(new RegExp(form));
  }
  return epochs.length;
}

/** The `name=value` pairs of the line that starts with "test". */
function testLine(lines: string[]): Record<string, number> {
  const words =
    lines
      .find((line) => line.startsWith("test "))
      ?.split(" ")
      .slice(1) ?? [];
  return Object.fromEntries(words.map((word) => word.split("=")).map(([name, value]) => [name!, Number(value)]));
}

describe("examples/quickstart", () => {
  const oldestAndNewest = [...new Set([pythons[0]!, pythons.at(-1)!])];

  it.each(oldestAndNewest)("learns, and gives the same files twice, on Python $version", async ({ executable }) => {
    const first = await train(executable, "quickstart", "outputs");
    const second = await train(executable, "quickstart", "again");

    expect(first.stderr).toBe("");
    expect(Object.keys(first.files)).toEqual(["loss.svg", "metrics.json", "model.json"]);
    expect(second.files).toEqual(first.files);
    expect(first.metrics.accuracy).toBeGreaterThan(0.9);
    expect(testLine(first.lines)).toEqual(first.metrics);
    const epochs = epochsOf(first.lines);
    expect(epochs).toBe(200);
    const curves = String(first.files["loss.svg"]).match(/points="[^"]+"/g) ?? [];
    expect(curves.map((curve) => curve.split(" ").length)).toEqual([epochs, epochs]);
  });

  it("does what its options say", async () => {
    const options = ["--epochs", "5", "--hidden", "4"];
    const one = await train(newest, "quickstart", "one", options);
    const other = await train(newest, "quickstart", "other", [...options, "--seed", "8"]);

    expect(epochsOf(one.lines)).toBe(5);
    expect(JSON.parse(String(one.files["model.json"])).layers[0]).toHaveLength(4);
    expect(other.files["model.json"]).not.toEqual(one.files["model.json"]);
    await expect(train(newest, "quickstart", "none", ["--epochs", "0"])).rejects.toMatchObject({ code: 2 });
  });
});

const python = pythonWithPackages();
if (!python) console.warn("examples/wine is not tested: set MODELTRAIL_TEST_PYTHON to a Python that has its packages.");

describe.skipIf(!python)("examples/wine", () => {
  it.each([
    { model: "boosting", options: [], epochs: 50 },
    { model: "forest", options: ["--n-estimators", "100"], epochs: 50 },
    // Fewer trees than epochs: each epoch adds one.
    { model: "forest", options: ["--n-estimators", "20"], epochs: 20 },
    { model: "logistic", options: ["--epochs", "40"], epochs: 40 },
  ])("learns by $model, and gives the same files twice $options", async ({ model, options, epochs }) => {
    const first = await train(python!, "wine", "outputs", ["--model", model, ...options]);
    const second = await train(python!, "wine", "again", ["--model", model, ...options]);

    expect(Object.keys(first.files)).toEqual(["confusion_matrix.png", "metrics.json", "model.joblib"]);
    expect(second.files).toEqual(first.files);
    expect(first.metrics.accuracy).toBeGreaterThan(0.9);
    expect(first.metrics.f1_macro).toBeGreaterThan(0.9);
    expect(first.metrics.log_loss).toBeLessThan(0.5);
    expect(testLine(first.lines)).toEqual(first.metrics);
    expect(epochsOf(first.lines)).toBe(epochs);
  });

  it("writes a model that takes rows of the CSV as they are, and a picture", async () => {
    const { files } = await train(python!, "wine", "outputs", ["--model", "logistic"]);
    const program = `
import joblib, numpy as np
rows = np.loadtxt("data/wine.csv", delimiter=",", skiprows=1)
print(joblib.load("outputs/model.joblib").score(rows[:, :-1], rows[:, -1]))`;
    const score = execFileSync(python!, ["-c", program], { cwd: path.join(scratch, "wine"), encoding: "utf8" });
    expect(Number(score)).toBeGreaterThan(0.95);
    const png = files["confusion_matrix.png"]!;
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.readUInt32BE(16)).toBeGreaterThan(400); // pixels wide
  });

  it("gives another model for another seed", async () => {
    const one = await train(python!, "wine", "one", ["--model", "logistic"]);
    const other = await train(python!, "wine", "other", ["--model", "logistic", "--seed", "8"]);
    expect(other.files["model.joblib"]).not.toEqual(one.files["model.joblib"]);
  });

  it("pins every package that its packages need", () => {
    const program = `
import sys
from importlib.metadata import requires
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
lines = [line for line in open(sys.argv[1]) if line.strip() and line[0] != "#"]
pins = [Requirement(line.strip()) for line in lines]
assert all(str(pin.specifier).startswith("==") for pin in pins), "not pinned"
here = {canonicalize_name(pin.name) for pin in pins if not pin.marker or pin.marker.evaluate()}
needs = [Requirement(need) for name in here for need in requires(name) or []]
needed = {canonicalize_name(n.name) for n in needs if not n.marker or n.marker.evaluate({"extra": ""})}
print(*sorted(needed - here))`;
    const argv = ["-c", program, path.join(root, "examples/wine/requirements.txt")];
    expect(execFileSync(python!, argv, { encoding: "utf8" }).trim()).toBe("");
  });
});

it("leave to git what is written by hand alone", () => {
  const written = ["quickstart/outputs/model.json", "wine/outputs/model.joblib", "wine/.venv/pyvenv.cfg"];
  const byHand = ["quickstart/data/iris.csv", "wine/data/wine.csv", "wine/train.py", "wine/requirements.txt"];
  execFileSync("git", ["init", "--quiet"], { cwd: scratch });
  const argv = ["check-ignore", "--no-index", ...written, ...byHand];
  const ignored = execFileSync("git", argv, { cwd: scratch, encoding: "utf8" });
  expect(ignored.trim().split("\n")).toEqual(written);
});
