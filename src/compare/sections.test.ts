import { expect, it } from "vitest";
import type { CodeChange, FileState, RunComparison } from "../domain/comparison";
import { createFileComparison } from "./files";
import { describeComparison } from "./sections";
import { comparisonOf, series, text } from "./testComparison";

const file = (path: string, sha256: string | null, size = 10): FileState => ({ path, sha256, size });
const describeIt = (names: readonly string[], part: Partial<RunComparison>, listed?: number) =>
  describeComparison(comparisonOf(names, part), { when: String, ...(listed === undefined ? {} : { listed }) });
const sectionOf = (title: string, names: readonly string[], part: Partial<RunComparison>) =>
  describeIt(names, part).sections.find((section) => section.title === title);

it("marks what differs where what is the same stands beside it", () => {
  const same = { ...text("seed", "1", "1"), differs: false };
  expect(sectionOf("Params", ["a", "b"], { params: [text("lr", "0.1", "0.2"), same] })!.rows).toEqual([
    ["≠ lr", "0.1", "0.2"],
    ["  seed", "1", "1"],
  ]);
  expect(sectionOf("Params", ["a", "b"], { params: [text("lr", "0.1", null)] })!.rows).toEqual([
    ["lr", "0.1", "(none)"],
  ]);
});

it("cuts long values so that the difference is seen", () => {
  const start = "s3://bucket/with/a/very/long/path/to/the/data/of/the/year/";
  const [row] = sectionOf("Params", ["a", "b"], { params: [text("data", `${start}2023`, `${start}2024`)] })!.rows;
  expect(row![1]).toMatch(/^….*2023$/);
  expect(row![2]).toMatch(/^….*2024$/);
  const [same] = sectionOf("Params", ["a", "b", "c"], {
    params: [{ ...text("text", "x".repeat(99), "x".repeat(99), null), differs: true }],
  })!.rows;
  expect(same![1]).toBe(`${"x".repeat(47)}…`);
});

it("tells a pair's metrics by their change and range, and leaves out what one point has not", () => {
  const metrics = [
    { name: "acc", values: [series(0.9), series(0.8)], change: [0, -0.1], differs: true },
    { name: "loss", values: [series(2, 1, 4), series(2, 1, 5)], change: [0, 0], differs: true },
    { name: "new", values: [null, series(1, 0, 2)], change: [null, null], differs: true },
    { name: "zero", values: [series(0), series(Number.NaN)], change: [0, Number.NaN], differs: true },
  ];
  expect(sectionOf("Metrics", ["a", "b"], { metrics })!.rows).toEqual([
    ["acc", "0.9", "0.8", "-0.1 (-11.1%)", "", ""],
    ["loss", "2", "2", "=", "1", "4 → 5"],
    ["new", "(none)", "1", "", "", ""],
    ["zero", "0", "NaN", "", "", ""],
  ]);
});

it("leaves a cell empty where a side cannot have a value", () => {
  const names = ["a", "b", "workspace"];
  const outputs = createFileComparison();
  outputs.add({ path: "m", files: [file("m", "1111111111"), null, null] });
  const part = {
    params: [text("lr", "1", "2", null)],
    command: [text("command", "x", "y", null)],
    outputs: outputs.result(),
  };
  expect(sectionOf("Params", names, part)!.rows).toEqual([["lr", "1", "2", ""]]);
  expect(sectionOf("Command", names, part)!.rows).toEqual([
    ["command", "a", "x"],
    ["", "b", "y"],
  ]);
  expect(sectionOf("Files written", names, part)!.rows).toEqual([["removed", "m", "11111111", "(none)", ""]]);
});

it("tells how files differ", () => {
  const data = createFileComparison({ all: true });
  data.add({ path: "a", files: [file("a", "1"), file("a", "2")] });
  data.add({ path: "b", files: [file("b", "1", 5), file("b", null, 0)] });
  data.add({ path: "c", files: [file("c", "3", 2000), null] });
  data.add({ path: "d", files: [null, file("d", "3", 2000)] });
  data.add({ path: "e", files: [file("e", "4"), file("e", "4")] });
  expect(sectionOf("Data", ["a", "b"], { data: data.result() })).toMatchObject({
    headline: "1 changed, 1 moved, 1 may differ, 1 the same",
    rows: [
      ["changed", "a", "same size, other content"],
      ["may differ", "b", "not hashed"],
      ["moved", "c → d", ""],
      ["same", "e", "10 B"],
    ],
  });
});

it("tells which files of code differ, from the first of several", () => {
  const change = (path: string, kind: CodeChange["kind"], from: string | null = null): CodeChange => ({
    path,
    from,
    kind,
  });
  const [code] = comparisonOf(["a"]).code;
  const three = [
    code!,
    { ...code!, changes: [change("t.py", "modified")] },
    { ...code!, changes: [change("n.py", "added")] },
  ];
  expect(sectionOf("Code", ["a", "b", "c"], { code: three })).toMatchObject({
    headline: "2 files",
    header: ["from a to", "b", "c"],
    rows: [
      ["n.py", "", "added"],
      ["t.py", "modified", ""],
    ],
    notes: [],
  });
  const two = [code!, { ...code!, head: "123456789", branch: null, changes: [change("new.py", "renamed", "old.py")] }];
  expect(sectionOf("Code", ["a", "b"], { code: two })).toMatchObject({
    rows: [["renamed", "old.py → new.py"]],
    notes: ["Git: abcdef1 on main → 1234567"],
  });
});

it("tells what differs in config, without what the params say already", () => {
  const config = [
    { path: "a.yaml", hashes: ["1", "2"], differs: true, keys: [text("lr", "1", "2"), text("depth", "3", "4")] },
    { path: "b.yaml", hashes: ["1", "2"], differs: true, keys: [] },
    { path: "c.ini", hashes: ["1", "2"], differs: true, keys: null },
    { path: "d.yaml", hashes: ["1", null], differs: true, keys: [] },
  ];
  expect(sectionOf("Config", ["a", "b"], { config, params: [text("a.yaml:lr", "1", "2")] })!.rows).toEqual([
    ["a.yaml", "lr, depth 3 → 4"],
    ["b.yaml", "only comments or layout differ"],
    ["c.ini", "differs"],
    ["d.yaml", "not read by b"],
  ]);
});

it("says what is the same, and not what nobody could compare", () => {
  expect(describeIt(["a", "b"], {})).toMatchObject({
    sections: [],
    same: ["params", "metrics", "code", "config", "environment", "command", "host"],
    note: "",
  });
  const { code, environment } = comparisonOf(["a", "b"]);
  const unknown = {
    code: [code[0]!, { ...code[1]!, changes: null }],
    environment: { ...environment, known: [true, false] },
  };
  expect(describeIt(["a", "workspace"], unknown).same).toEqual(["config"]);
});

it("says that runs are repeats of each other", () => {
  const { sides } = comparisonOf(["a", "b"]);
  const repeats = sides.map((side) => ({ ...side, inputs: "1".repeat(64) }));
  expect(describeIt(["a", "b"], { sides: repeats }).note).toBe("All had the same inputs.");
  const metrics = [{ name: "acc", values: [series(0.9), series(0.8)], change: [0, -0.1], differs: true }];
  expect(describeIt(["a", "b"], { sides: repeats, metrics }).note).toMatch(/is chance/);
  expect(describeIt(["a", "b"], { sides: [repeats[0]!, sides[1]!] }).note).toBe("");
});

it("says whom a doubt is about, once, and counts what is too much", () => {
  const uncertain = [
    { sides: [1], path: null, message: "Part of it was not seen." },
    { sides: [1], path: null, message: "The code of b was not captured." },
    { sides: [0, 1], path: null, message: "No git." },
  ];
  expect(describeIt(["a", "b"], { uncertain }).uncertain).toEqual([
    "b: Part of it was not seen.",
    "The code of b was not captured.",
    "No git.",
  ]);
  expect(describeIt(["a", "b"], { uncertain }, 1).uncertain).toEqual(["b: Part of it was not seen.", "and 2 more"]);
});
