import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOfText } from "../../compare/textDigest";
import type { CellExecution } from "../../domain/cells";
import { snapshotCode } from "../../snapshot/code";
import type { Store } from "../../store/contract";
import { openStore } from "../../store/open";
import { newRun } from "../../store/testStore";
import { editorResults, fileHistory, metricTrail } from "./fileResults";

let root: string;
let store: Store;
let clock = 1;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "results-")));
  execFileSync("git", ["init", "-q", root]);
  store = openStore(root);
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

const file = (name: string) => path.join(root, name);

async function record(script: string, losses: number[]): Promise<string> {
  const id = store.createRun(newRun({ cwd: root, script, startTime: clock++ }));
  const { code, gaps, warnings } = await snapshotCode(root, store.folder, {});
  store.setCode(id, code, gaps, warnings);
  const points = losses.map((value, step) => ({ key: "loss", value, step, time: step }));
  const end = { status: "finished", exitCode: 0, signal: null, endTime: clock++ } as const;
  store.endRun(id, end, { points: [{ source: "output", points }], sources: [script, "model.py"] });
  return id;
}

test("the text that ran is known by its digest, whatever git or the editor made of its line ends", async () => {
  writeFileSync(file("train.py"), "\ufeffa = 1\r\nb = 2\r\n");
  writeFileSync(file("model.py"), "m = 1\n");
  await record("train.py", [3]);
  writeFileSync(file("train.py"), "a = 2\n");
  const results = await editorResults(store, file("train.py"), [], true);
  expect(results).toMatchObject({ path: "train.py", total: 1, key: "loss" });
  expect(results?.ran).toEqual({ text: digestOfText("a = 1\nb = 2\n") });
  expect((await editorResults(store, file("model.py"), [], true))?.ran).toEqual({ text: digestOfText("m = 1\n") });
  expect((await editorResults(store, file("train.py"), [], false))?.ran).toBeNull();
  expect(await editorResults(store, file("other.py"), [], true)).toBeNull();
});

test("of a notebook each cell counts as it ran last", async () => {
  const id = store.createRun(newRun({ cwd: root, script: "explore.ipynb", startTime: clock++ }));
  const cell = (ordinal: number, cellId: string, text: string): CellExecution => ({
    ...{ ordinal, cellId, index: 0, executionCount: ordinal, language: "python", title: text, session: "s" },
    ...{ source: digestOfText(text), sourceSize: text.length },
    ...{ startTime: ordinal, endTime: ordinal, status: "succeeded", error: null, outputs: [] },
  });
  store.ingest(id, { cells: [cell(1, "a", "x = 1"), cell(2, "b", "y = 1"), cell(3, "a", "x = 2")] });
  const results = await editorResults(store, file("explore.ipynb"), [], true);
  expect(results?.ran).toEqual({ cells: { a: digestOfText("x = 2"), b: digestOfText("y = 1") } });
});

test("history has the runs with how they used the file", async () => {
  writeFileSync(file("train.py"), "a = 1\n");
  const first = await record("train.py", [1]);
  const second = await record("eval.py", [1]);
  const history = fileHistory(store, file("model.py"), { limit: 1 });
  expect(history.runs.map(({ id }) => id)).toEqual([second]);
  expect(history).toMatchObject({ total: 2, uses: [{ id: second, roles: ["source"] }] });
  const rest = fileHistory(store, file("model.py"), { limit: 1, cursor: history.next! });
  expect([rest.runs[0]?.id, rest.next]).toEqual([first, null]);
});

test("a trail has the last five runs, and a long series keeps its spikes in few points", async () => {
  for (let run = 0; run < 6; run++) await record("train.py", [1, run]);
  const long = Array.from({ length: 25_001 }, (_, step) => (step === 12_345 ? 99 : step / 25_000));
  await record("train.py", long);
  const trail = metricTrail(store, file("train.py"), "loss");
  expect(trail.last.map(({ value }) => value)).toEqual([1, 5, 4, 3, 2]);
  expect(trail.less).toBe(true);
  expect(trail.values).toHaveLength(120);
  expect(Math.max(...trail.values)).toBe(99);
  expect(trail.values.at(-1)).toBe(1);
  expect(metricTrail(store, file("train.py"), "never")).toMatchObject({ values: [], last: [] });
});
