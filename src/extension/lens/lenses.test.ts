import { expect, test } from "vitest";
import type { EditorResults } from "../worker/fileResults";
import { cellPlaces, type LensContext, lensItems, lensPlaces } from "./lenses";
import { readMarks } from "./python/marks";
import { editorResults, metricResults, result, resultRun } from "./testResults";

const [BAD, GOOD] = [result("last", 0.9), result("good", 0.95)];
const acc = metricResults({ last: BAD, previous: result("before", 0.92), best: GOOD });
const loss = metricResults({
  less: true,
  last: result("last", 0.5),
  previous: result("before", 0.7),
  best: result("last", 0.5),
});
const RESULTS = editorResults({ measured: BAD.run, key: "acc", metrics: { acc, loss } });
const CONTEXT: LensContext = { root: "/p", run: "uri", file: "uri", stale: false };

/** Titles above a place; a no-break space reads as a space. */
function titles(
  results: EditorResults,
  context: Partial<LensContext> = {},
  metric = results.key,
  isFile = true,
): string[] {
  const items = lensItems({ line: 0, metric, isFile }, results, { ...CONTEXT, ...context });
  return items.map(({ title }) => title.replaceAll("\u00a0", " "));
}

const places = (source: string, results = RESULTS) =>
  lensPlaces(readMarks(source), results).map(({ line, metric, isFile }) => [line, metric, isFile]);

test("results stand above the file and above functions that log or print a known metric, by the most telling one", () => {
  const source = [
    "import x",
    "def train():",
    '    log_metric("loss", 1)',
    '    print(f"acc={acc}")',
    "def load():",
    '    log_metric("unknown", 1)',
    "def evaluate():",
    '    log_metric("loss", 1)',
  ].join("\n");
  expect(places(source)).toEqual([
    [0, "acc", true],
    [1, "acc", false],
    [6, "loss", false],
  ]);
});

test("where no function names a metric, those that fit a model stand for it", () => {
  const source = "import x\ndef train():\n    model.fit(x, y)\n";
  expect(places(source)).toEqual([
    [0, "acc", true],
    [1, "acc", false],
  ]);
  expect(places(`${source}def other():\n    log_metric("loss", 1)`)).toEqual([
    [0, "acc", true],
    [3, "loss", false],
  ]);
  expect(places(source, editorResults())).toEqual([[0, null, true]]);
});

test("of a notebook's cells the first tells of the whole, others of what they log themselves", () => {
  const cell = (source: string, isFirst: boolean) =>
    cellPlaces(readMarks(source), RESULTS, isFirst).map(({ line, metric, isFile }) => [line, metric, isFile]);
  expect(cell("import x", true)).toEqual([[0, "acc", true]]);
  expect(cell("x = 1", false)).toEqual([]);
  expect(cell('x = 1\nprint(f"loss={loss}")', false)).toEqual([[0, "loss", false]]);
  expect(cell('x = 1\ndef train():\n    log_metric("loss", 1)', false)).toEqual([[1, "loss", false]]);
});

test("a place has Run, the last with the change, the best, the number of runs and a comparison", () => {
  expect(titles(RESULTS)).toEqual([
    "$(play) Run",
    "Last: 0.9 acc ↓ 0.02 worse",
    "$(star-full) Best: 0.95",
    "2 runs",
    "Compare With Best",
  ]);
  expect(titles(RESULTS, { run: undefined }, "loss", false)).toEqual([
    "Last: 0.5 loss ↓ 0.2 better",
    "$(star-full) Best so far",
    "2 runs",
    "Compare With Previous",
  ]);
});

test("the comparison has the older run first, and commands are told runs by reference", () => {
  const items = lensItems({ line: 0, metric: "acc", isFile: true }, RESULTS, CONTEXT);
  const references = [
    { root: "/p", id: "good" },
    { root: "/p", id: "last" },
  ];
  expect(items.at(-1)?.arguments).toEqual([references[0], references]);
  expect(items[1]?.arguments).toEqual([references[1]]);
});

test("the target that was chosen last is one click away, where anything can be started", () => {
  const [run, there] = lensItems({ line: 0, metric: "acc", isFile: true }, RESULTS, { ...CONTEXT, target: "gpu" });
  expect(there).toMatchObject({
    title: "$(server-environment)\u00a0Run on gpu",
    arguments: [run!.arguments[0], "gpu"],
  });
  expect(titles(RESULTS, { target: "local" })).toEqual(titles(RESULTS));
  expect(titles(RESULTS, { target: "gpu", run: undefined })).toEqual(titles(RESULTS, { run: undefined }));
});

test("one run has nothing to be compared with", () => {
  const only = { total: 1, key: "acc", metrics: { acc: metricResults({ last: BAD, best: BAD }) } };
  expect(titles(editorResults(only))).toEqual(["$(play) Run", "Last: 0.9 acc", "1 run"]);
});

test("results of other code say so, those of a running run too", () => {
  expect(titles(RESULTS, { stale: true })[1]).toBe("Last, of older code: 0.9 acc ↓ 0.02 worse");
  const running = { ...acc, last: result("now", 0.5, { status: "running" }) };
  const results = editorResults({ last: running.last.run, key: "acc", metrics: { acc: running } });
  expect(titles(results)[1]).toBe("$(loading~spin) Now: 0.5 acc ↓ 0.42 worse");
});

test("a newer run that came to nothing is told above the file, not above functions", () => {
  const results = { ...RESULTS, last: resultRun("broken", { status: "failed", exitCode: 3 }) };
  expect(titles(results)[1]).toBe("Last: failed with exit code 3");
  expect(titles(results, {}, "acc", false)[1]).toBe("Last: 0.9 acc ↓ 0.02 worse");
  expect(titles(editorResults({ last: resultRun("first", { status: "running" }) }))[1]).toBe("$(loading~spin) Running");
});

test("the best run's model can be deployed from above the file, where something can be started", () => {
  const deployable = { ...RESULTS, deployable: "good" };
  expect(titles(deployable).at(-1)).toBe("$(rocket) Deploy");
  expect(titles(deployable, {}, "acc", false).at(-1)).not.toContain("Deploy");
  expect(titles(deployable, { run: undefined }).join()).not.toContain("Deploy");
  expect(titles(RESULTS).join()).not.toContain("Deploy");
});
