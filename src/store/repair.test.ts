import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openStore } from "./open";
import { processIdentity } from "./process";
import { examineDatabase, repairDatabase } from "./repair";
import { newRun, points, tempFolder, tempStore } from "./testStore";

const PAGE = 4096;
const RUNS = 120;

/** A closed store with many runs; gives what each of them was. */
function manyRuns() {
  const root = tempFolder();
  const store = openStore(root);
  for (let i = 0; i < RUNS; i++) {
    const id = store.createRun(
      newRun({ name: `run-${i}`, note: "n".repeat(200), tags: { t: `tag ${i}` }, startTime: i }),
    );
    store.endRun(
      id,
      { status: "finished", exitCode: 0, signal: null, endTime: i + 1 },
      {
        params: { lr: String(i), long: "p".repeat(300) },
        points: [{ source: "output", points: points([0, i], [1, i / 2]) }],
        data: [{ path: `data/${i}.csv`, sha256: "ab".repeat(32), size: i, role: "read" }],
        gaps: [{ kind: "other", message: "g" }],
        warnings: ["w"],
      },
    );
  }
  const runs = new Map(store.listRuns({ limit: RUNS }).runs.map(({ id }) => [id, store.getRun(id)!]));
  const { folder } = store;
  store.close();
  return { root, folder, file: join(folder, "db.sqlite"), runs };
}

/** Number of the root page of a table or index, from 1. */
function rootPage(file: string, name: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const { rootpage } = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name) as {
    rootpage: number;
  };
  db.close();
  return rootpage;
}

/** Overwrites pages. */
function damage(file: string, ...pages: number[]): void {
  const bytes = readFileSync(file);
  for (const page of pages) bytes.fill(0x5a, (page - 1) * PAGE, page * PAGE);
  writeFileSync(file, bytes);
}

/** Pages of the table, as SQLite's own tree names them below its root. */
function leafPages(file: string, table: string): number[] {
  const bytes = readFileSync(file);
  const root = (rootPage(file, table) - 1) * PAGE;
  const cells = bytes.readUInt16BE(root + 3);
  // An interior page: a header of 12 bytes, then where each cell is, which begins with its page's number.
  return Array.from({ length: cells }, (_, i) => bytes.readUInt32BE(root + bytes.readUInt16BE(root + 12 + 2 * i)));
}

test("a sound database is left alone, one of a newer Modeltrail too", () => {
  const { folder, file } = manyRuns();
  expect(examineDatabase(folder)).toBeNull();
  const raw = new DatabaseSync(file);
  raw.exec("PRAGMA user_version = 99");
  raw.close();
  const before = readFileSync(file);
  expect(() => examineDatabase(folder)).toThrow(/newer Modeltrail/);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("what is around damaged pages is read, and fits together", () => {
  const { root, folder, file, runs } = manyRuns();
  const leaves = leafPages(file, "runs");
  expect(leaves.length).toBeGreaterThan(4);
  damage(file, leaves[2]!, leafPages(file, "chunks")[1]!, rootPage(file, "names"));
  const broken = readFileSync(file);
  expect(() => openStore(root).listRuns({ limit: RUNS })).toThrow(/doctor --repair/);
  const reason = examineDatabase(folder)!;
  expect(reason).not.toBeNull();

  const repair = repairDatabase(folder, reason);
  expect(repair.damaged).toEqual(expect.arrayContaining(["runs", "chunks", "names"]));
  expect(readFileSync(join(repair.aside!, "db.sqlite")).equals(broken)).toBe(true);
  expect(examineDatabase(folder)).toBeNull();
  const store = tempStore(root);
  const saved = store.listRuns({ limit: RUNS }).runs;
  expect(saved.length).toBe(repair.runs);
  expect(saved.length).toBeGreaterThan(RUNS * 0.8);
  expect(saved.length).toBeLessThan(RUNS);
  for (const run of saved) {
    const was = runs.get(run.id)!;
    expect(run).toMatchObject({
      name: was.name,
      note: was.note,
      tags: was.tags,
      gaps: was.gaps,
      warnings: was.warnings,
    });
    const whole = store.getRun(run.id)!;
    expect(whole.snapshot.data).toMatchObject([{ sha256: "ab".repeat(32) }]);
    // Names of params and metrics were lost; what they stand for was not.
    expect(Object.values(run.params)).toEqual(Object.values(was.params));
  }
  const newest = store.createRun(newRun({ name: "after" }));
  store.ingest(newest, { points: [{ source: "output", points: points([0, 1]) }] });
  expect(store.metricHistory(newest, "loss", 0, 10).points).toHaveLength(1);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
});

test("a damaged index costs nothing", () => {
  const { root, folder, file, runs } = manyRuns();
  damage(file, rootPage(file, "runs_start"), rootPage(file, "files_sha256"));
  const repair = repairDatabase(folder, examineDatabase(folder)!);
  expect(repair).toMatchObject({ runs: RUNS, damaged: [] });
  const store = tempStore(root);
  for (const [id, was] of runs) expect(store.getRun(id)).toEqual(was);
});

test("an index that does not fit its table is found and made again", () => {
  const { root, folder, file, runs } = manyRuns();
  const page = rootPage(file, "runs_pinned");
  const before = readFileSync(file).subarray((page - 1) * PAGE, page * PAGE);
  const store = openStore(root);
  store.setPinned([...runs.keys()].slice(0, 5), true);
  store.close();
  // As a disk leaves it that has not written what it said it had.
  const bytes = readFileSync(file);
  before.copy(bytes, (page - 1) * PAGE);
  writeFileSync(file, bytes);
  expect(examineDatabase(folder)).toMatch(/runs_pinned/);
  expect(repairDatabase(folder, "index")).toMatchObject({ runs: RUNS, damaged: [] });
  expect(tempStore(root).listRuns({ pinned: true }).total).toBe(5);
});

test.each([
  ["no database at all", (file: string) => writeFileSync(file, "not a database".repeat(1000))],
  ["empty", (file: string) => truncateSync(file, 0)],
  ["gone", (file: string) => rmSync(file)],
])("a file that is %s: a new one is begun, the old kept", (_what, destroy) => {
  const { root, folder, file } = manyRuns();
  destroy(file);
  const before = existsSync(file) ? readFileSync(file) : null;
  const { aside, runs } = repairDatabase(folder, examineDatabase(folder)!);
  expect(runs).toBe(0);
  if (before) expect(readFileSync(join(aside!, "db.sqlite")).equals(before)).toBe(true);
  else expect(aside).toBeNull();
  expect(tempStore(root).listRuns({}).total).toBe(0);
});

test("what was only in the log is not lost", () => {
  const { root, folder, file } = manyRuns();
  const store = openStore(root);
  const id = store.createRun(newRun({ name: "last words" }));
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 9 });
  // As a process that was killed leaves it.
  const copies = ["", "-wal"].map((suffix) => [file + suffix, join(root, `copy${suffix}`)] as const);
  for (const [from, to] of copies) copyFileSync(from, to);
  store.close();
  for (const [from, to] of copies) copyFileSync(to, from);
  expect(repairDatabase(folder, "test")).toMatchObject({ runs: RUNS + 1, damaged: [] });
  expect(tempStore(root).getRun(id)!.name).toBe("last words");
});

test("nothing is replaced while a run is running", () => {
  const { root, folder, file } = manyRuns();
  const store = tempStore(root);
  store.createRun(newRun({ recorder: processIdentity() }));
  const before = readFileSync(file);
  expect(() => repairDatabase(folder, "test")).toThrow(/1 runs are running/);
  expect(readFileSync(file).equals(before)).toBe(true);
});
