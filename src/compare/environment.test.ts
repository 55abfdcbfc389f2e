import { describe, expect, it } from "vitest";
import type { Environment } from "../domain/run";
import { compareEnvironments, compareHosts } from "./environment";

const BASE: Environment = {
  python: "3.11.7",
  executable: "/usr/bin/python3",
  implementation: "cpython",
  platform: "Linux-6.1-x86_64",
  cpu: "EPYC",
  cores: 8,
  memory: 64e9,
  gpus: [],
  packages: { numpy: "1.26", pandas: "2.2", "scikit-learn": "1.4" },
  imported: ["numpy"],
  variables: {},
};

const summary = (...sides: (Partial<Environment> | null)[]) =>
  compareEnvironments(sides.map((side) => side && { ...BASE, ...side })).summary;

describe("in one line", () => {
  it("names what changed, came and went", () => {
    const packages = { numpy: "2.0", polars: "1.0", "scikit-learn": "1.4" };
    expect(summary({}, { packages })).toBe("3 packages changed: numpy 1.26 → 2.0, +polars, -pandas");
  });

  it("is empty when nothing differs, or nothing is known", () => {
    expect(summary({}, {})).toBe("");
    expect(summary({}, null)).toBe("");
  });

  it("takes the spellings of a package's name for one", () => {
    expect(summary({}, { packages: { NumPy: "1.26", pandas: "2.2", scikit_learn: "1.4" } })).toBe("");
  });

  it("takes versions by the letter: 1.10 is not 1.1", () => {
    expect(summary({ packages: { a: "1.1" } }, { packages: { a: "1.10" } })).toBe("1 package changed: a 1.1 → 1.10");
  });

  it("names those first that a run imported, and counts the rest", () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`a${at}`, "1"]));
    const after = { ...Object.fromEntries(Object.keys(many).map((name) => [name, "2"])), numpy: "2.0" };
    expect(summary({ packages: { ...many, numpy: "1.26" } }, { packages: after })).toBe(
      "10 packages changed: numpy 1.26 → 2.0, a0 1 → 2, a1 1 → 2, a2 1 → 2 and 6 more",
    );
  });

  it("tells of Python, variables, and of the interpreter when there is nothing else", () => {
    expect(summary({}, { python: "3.12.1", executable: "/b/python" })).toBe("Python 3.11.7 → 3.12.1");
    expect(summary({}, { variables: { PYTHONHASHSEED: "0" } })).toBe("PYTHONHASHSEED none → 0");
    expect(summary({}, { executable: "/b/python" })).toBe("another interpreter: /usr/bin/python3 → /b/python");
  });

  it("shows of several sides each version", () => {
    const sides = ["1.26", "2.0", "1.26"].map((numpy) => ({ packages: { numpy } }));
    expect(summary(...sides, { packages: {} })).toBe("1 package changed: numpy 1.26 / 2.0 / none");
  });
});

describe("in full", () => {
  it("lists what differs, with all what does not", () => {
    const after = { ...BASE, packages: { ...BASE.packages, numpy: "2.0" } };
    const { packages } = compareEnvironments([BASE, null, after]);
    expect(packages).toEqual([{ name: "numpy", values: ["1.26", null, "2.0"], differs: true, imported: true }]);
    expect(compareEnvironments([BASE, after], true).packages.map(({ name, differs }) => [name, differs])).toEqual([
      ["numpy", true],
      ["pandas", false],
      ["scikit-learn", false],
    ]);
  });

  it("compares the machines", () => {
    const other = { ...BASE, cores: 16, gpus: ["A100", "A100"] };
    expect(compareHosts([BASE, other]).map(({ name, values }) => [name, ...values])).toEqual([
      ["cores", "8", "16"],
      ["gpu", null, "A100, A100"],
    ]);
  });
});
