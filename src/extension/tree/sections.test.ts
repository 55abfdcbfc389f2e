import { expect, test } from "vitest";
import type { Run } from "../../domain/run";
import { newCell } from "../../store/cells/testCells";
import type { RunDetails } from "../worker/api";
import { type Entry, type Section, sectionsOf } from "./sections";

const NO_CODE = { commit: null, tree: null, head: null, branch: null, dirty: null, gitDir: null, root: null };
const BARE: Run = {
  id: "0".repeat(32),
  name: "calm-otter",
  experiment: "e",
  status: "finished",
  exitCode: 0,
  signal: null,
  startTime: 0,
  endTime: 1,
  command: ["python", "train.py"],
  cwd: "/w",
  script: "train.py",
  params: {},
  metrics: {},
  tags: {},
  note: "",
  parent: null,
  pinned: false,
  inputs: null,
  repeatOf: null,
  repeats: 1,
  gaps: [],
  warnings: [],
  logSize: 0,
  revision: 1,
  snapshot: { code: NO_CODE, data: [], config: [], environment: null, datasets: [] },
  artifacts: [],
};

const ALONE = { children: 0, script: null, since: null, repeats: null };

const draw = (run: Run, more: Partial<RunDetails> = {}) => drawSections(sectionsOf({ run, ...ALONE, ...more }));

/** As indented lines. */
function drawSections(sections: Section[], indent = ""): string[] {
  return sections.flatMap(({ label, description, entries }) => [
    `${indent}${label}: ${description}`,
    ...entries.flatMap((entry) => drawEntry(entry, `${indent}  `)),
  ]);
}

function drawEntry(entry: Entry, indent: string): string[] {
  if (entry.kind === "section") return drawSections([entry.section], indent);
  return [
    `${indent}${entry.kind === "file" ? `${entry.file.path} (${entry.description})` : `${entry.label}=${entry.value}`}`,
  ];
}

test("a run of which little is known says so", () => {
  expect(draw(BARE)).toEqual([
    "Params: none",
    "Metrics: none",
    "Artifacts: none",
    "Code: not captured",
    "Data: none",
    "Environment: not captured",
    "Log: empty",
  ]);
});

test("a whole run", () => {
  const metric = { last: 0.5, min: 0.25, max: 1, count: 3, lastStep: 2 };
  const sha256 = "a".repeat(64);
  const run: Run = {
    ...BARE,
    params: { lr: "0.1", depth: "3" },
    metrics: { "system/cpu_percent": metric, loss: metric, final: { ...metric, count: 1 } },
    tags: { stage: "dev" },
    gaps: [
      { kind: "too-big", path: "big.bin", message: "2 GB" },
      { kind: "tracer", message: "a C reader" },
    ],
    warnings: ["No GPU"],
    logSize: 1234,
    artifacts: [{ path: "out/model.json", sha256, size: 10 }],
    snapshot: {
      code: { ...NO_CODE, commit: "c".repeat(40), head: "d".repeat(40), branch: "main", dirty: true, root: "/w" },
      data: [
        { path: "data.csv", sha256, size: 2_000, role: "read" },
        { path: "out.csv", sha256: null, size: 5, role: "write" },
      ],
      config: [{ path: "params.yaml", sha256 }],
      environment: {
        python: "3.11.7",
        executable: "/usr/bin/python3",
        implementation: "CPython",
        platform: "Linux",
        cpu: "A CPU",
        cores: 2,
        memory: 8e9,
        gpus: ["A GPU"],
        packages: { numpy: "2.0", pip: "24.0" },
        imported: ["numpy"],
        variables: { SEED: "1" },
      },
      datasets: [{ name: "wine", version: "b".repeat(64), files: 1, size: 2_000, role: "read" }],
    },
  };
  expect(draw(run, { children: 2, script: "train.py" })).toEqual([
    "Params: 2",
    "  depth=3",
    "  lr=0.1",
    "Metrics: 3",
    "  final=0.5",
    "  loss=0.5  (min 0.25, max 1)",
    "  system/cpu_percent=0.5  (min 0.25, max 1)",
    "Artifacts: 1",
    "  out/model.json (10 B)",
    "Code: main · uncommitted changes kept",
    "  train.py (the script as it ran)",
    "  Branch=main",
    "  HEAD=dddddddddd",
    "  Snapshot=cccccccccc",
    "Data: 3",
    "  wine=bbbbbbbb · 1 file · 2.0 kB",
    "  data.csv (read · 2.0 kB)",
    "  out.csv (written · 5 B)",
    "Config: 1",
    "  params.yaml ()",
    "Environment: CPython 3.11.7",
    "  Interpreter=CPython 3.11.7",
    "  Platform=Linux",
    "  CPU=A CPU (2 cores)",
    "  Memory=8.0 GB",
    "  GPU=A GPU",
    "  SEED=1",
    "  Imported packages: 1",
    "    numpy=2.0",
    "  All packages: 2",
    "    numpy=2.0",
    "    pip=24.0",
    "Log: 1.2 kB",
    "Tags: 1",
    "  stage=dev",
    "Gaps: 2",
    "  big.bin=2 GB",
    "  tracer=a C reader",
    "Warnings: 1",
    "  No GPU=",
    "Child runs: 2",
  ]);
});

test("what changed since the run before stands first, and repeats give mean and spread", () => {
  const since = { id: "1".repeat(32), name: "brave-fox", line: "lr 0.1 → 0.01 · data (1 file)" };
  const loss = { count: 3, mean: 0.5, deviation: 0.012345678, min: 0.4, max: 0.6 };
  const repeats = { runs: 3, first: { id: BARE.id, name: "calm-otter" }, metrics: { loss } };
  const first = draw(BARE, { since, repeats });
  expect(first[0]).toBe("Since brave-fox: lr 0.1 → 0.01 · data (1 file)");
  expect(first.slice(-2)).toEqual(["Repeats: repeated; 3 runs: loss 0.500 ± 0.012", "  loss=0.500 ± 0.012  (3 runs)"]);
  const later = draw({ ...BARE, id: "2".repeat(32), repeatOf: BARE.id }, { repeats });
  expect(later.at(-2)).toBe("Repeats: repeat of calm-otter; 3 runs: loss 0.500 ± 0.012");
});

test("of very many entries the first are shown, with how many there are", () => {
  const params = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`p${index}`, "1"]));
  const [section] = sectionsOf({ run: { ...BARE, params }, ...ALONE });
  expect(section!.description).toBe("2000");
  expect(section!.entries).toHaveLength(501);
  expect(section!.entries.at(-1)).toMatchObject({ label: "… and 1500 more" });
});

test("what is copied of a metric is its whole last value", () => {
  const metrics = { loss: { last: 0.123456789, min: 0, max: 1, count: 2, lastStep: 1 } };
  const section = sectionsOf({ run: { ...BARE, metrics }, ...ALONE, sources: { loss: ["output", "mlflow"] } })[1]!;
  const tooltip = "loss: last 0.123456789 at step 1\nmin 0, max 1, 2 points\nfrom MLflow, output";
  expect(section.entries[0]).toMatchObject({ value: "0.12346  (min 0, max 1)", copy: "0.123456789", tooltip });
});

test("keys are unique within a section", () => {
  const gap = { kind: "other" as const, message: "twice" };
  const sections = sectionsOf({ run: { ...BARE, gaps: [gap, gap], warnings: ["a", "a"] }, ...ALONE });
  for (const { entries } of sections) expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
});

test("a notebook's cells stand in the order in which they ran, with what became of them", () => {
  const error = { name: "ValueError", message: "no", traceback: "" };
  const cells = [
    newCell({ title: "", executionCount: null, endTime: 2_040 }),
    newCell({ ordinal: 2, index: 4, executionCount: 7, status: "failed", error }),
    newCell({ ordinal: 3, status: "running", endTime: null }),
  ];
  const details = { run: BARE, ...ALONE, cells: { cells, next: null, total: 5 } };
  const section = sectionsOf(details).find(({ kind }) => kind === "cells")!;
  expect(drawSections([section])).toEqual([
    "Cells: 5",
    "  (empty)=40 ms",
    "  [7] fit()=1.0 s · ValueError: no",
    "  [1] fit()=running",
    "  … and 2 more=",
  ]);
  const kinds = section.entries.map((entry) => entry.kind === "field" && [entry.icon, entry.cell]);
  expect(kinds).toEqual([
    ["pass", 1],
    ["error", 2],
    ["loading~spin", 3],
    [undefined, undefined],
  ]);
  expect(sectionsOf({ ...details, cells: { cells: [], next: null, total: 0 } }).map(({ kind }) => kind)).not.toContain(
    "cells",
  );
});
