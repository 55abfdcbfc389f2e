import { expect, it } from "vitest";
import type { CodeChange, RunComparison } from "../domain/comparison";
import { createFileComparison } from "./files";
import { summarizeDifferences } from "./summary";
import { comparisonOf, text } from "./testComparison";

const say = (part: Partial<RunComparison>) => summarizeDifferences(comparisonOf(["a", "b"], part));
const modified = (...paths: string[]): RunComparison["code"] =>
  comparisonOf(["a", "b"]).code.map((code, at) => ({
    ...code,
    changes: at === 0 ? [] : paths.map((path): CodeChange => ({ path, from: null, kind: "modified" })),
  }));
const packages = (...list: ReturnType<typeof text>[]): RunComparison["environment"] => ({
  summary: "some",
  known: [true, true],
  python: [],
  packages: list.map((one, at) => ({ ...one, imported: at === 0 })),
  variables: [],
});

it("names what is one, and counts what is many", () => {
  const both = [text("lr", "0.1", "0.01"), text("depth", "3", "4")];
  expect(
    say({ params: both, code: modified("src/train.py"), environment: packages(text("numpy", "1.26", "2.0")) }),
  ).toBe("2 params, train.py, numpy 1.26→2.0");
  expect(say({ params: both.slice(0, 1), code: modified("a.py", "b.py", "c.py") })).toBe("lr 0.1→0.01, 3 code files");
  expect(say({ params: [text("seed", null, "1")] })).toBe("seed none→1");
  expect(say({ environment: packages(text("numpy", "1", "2"), text("b", null, "1"), text("c", "1", null)) })).toBe(
    "numpy 1→2 and 2 more packages",
  );
  expect(say({ environment: packages(text("b", null, "1"), text("c", "1", null)) })).toBe("+b, -c");
});

it("tells of config once: as params where they are, else as a file, never as code too", () => {
  const config = [{ path: "conf/m.yaml", hashes: ["1", "2"], differs: true, keys: [text("lr", "1", "2")] }];
  const code = modified("project/conf/m.yaml");
  expect(say({ config, code, params: [text("conf/m.yaml:lr", "1", "2")] })).toBe("conf/m.yaml:lr 1→2");
  expect(say({ config, code })).toBe("m.yaml");
});

it("tells of data, and of a command that the params do not tell of", () => {
  const data = createFileComparison({ limit: 1 });
  data.add({ path: "d/a.csv", files: [null, { path: "d/a.csv", sha256: "1", size: 1 }] });
  const command = [text("command", "python a.py", "python -O a.py")];
  expect(say({ data: data.result(), command })).toBe("a.csv added, another command");
  data.add({ path: "d/b.csv", files: [null, { path: "d/b.csv", sha256: "2", size: 1 }] });
  expect(say({ data: data.result(), command: [text("script", "a.py", "b.py"), ...command] })).toBe(
    "2 data files, another script",
  );
});

it("tells of data in the repository once", () => {
  const data = createFileComparison();
  data.add({ path: "data/a.csv", files: [1, 2].map((size) => ({ path: "data/a.csv", sha256: `${size}`, size })) });
  expect(say({ data: data.result(), code: modified("train.py", "project/data/a.csv") })).toBe("train.py, a.csv");
});

it("stays one line", () => {
  const variables = Array.from({ length: 9 }, (_, at) => text(`V${at}`, "0", "1"));
  expect(say({ environment: { ...packages(), variables } })).toBe("V0 0→1, V1 0→1, V2 0→1, V3 0→1, V4 0→1 and 4 more");
  expect(say({ params: [text("prompt", "x".repeat(500), null)] }).length).toBeLessThan(60);
});

it("does not promise that nothing differs where not all is known", () => {
  expect(say({})).toBe("no difference found");
  expect(say({ uncertain: [{ sides: [0], path: null, message: "No git." }] })).toBe(
    "no difference found, but not all was recorded",
  );
});
