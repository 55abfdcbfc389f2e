/** Several processes on one store, and processes that are killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { useTestProgram } from "./testProgram";
import { tempFolder, tempStore } from "./testStore";

const program = useTestProgram();

interface Running {
  child: ChildProcess;
  /** Whole lines said so far. */
  lines: string[];
  /** Resolves to the exit code (null when killed) and what was said on standard error. */
  ended: Promise<{ code: number | null; errors: string }>;
}

function start(...args: string[]): Running {
  const child = spawn(process.execPath, [program(), ...args], { stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  let rest = "";
  let errors = "";
  child.stdout.on("data", (data: Buffer) => {
    const parts = (rest + data.toString()).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
  });
  child.stderr.on("data", (data: Buffer) => {
    errors += data.toString();
  });
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, errors }));
  });
  return { child, lines, ended };
}

function expectSound(root: string): void {
  const db = new DatabaseSync(join(root, ".modeltrail", "db.sqlite"), { readOnly: true });
  expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  expect(db.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
  db.close();
}

const WRITERS = 8;
const BATCHES = 500;

// From an empty folder: all ten make the database at the same moment.
test.each([{ journal: "wal" }, { journal: "rollback" }] as const)(
  `${WRITERS} writers and 2 readers at once lose nothing, with a $journal journal`,
  { timeout: 120_000 },
  async ({ journal }) => {
    const root = tempFolder();
    const batches = journal === "wal" ? BATCHES : BATCHES / 10;
    const writers = Array.from({ length: WRITERS }, () => start("write", root, String(batches), journal));
    const readers = [start("read", root, "", journal), start("read", root, "", journal)];
    for (const writer of writers) expect(await writer.ended).toEqual({ code: 0, errors: "" });
    for (const reader of readers) {
      reader.child.stdin!.end();
      expect(await reader.ended).toEqual({ code: 0, errors: "" });
      expect(JSON.parse(reader.lines.at(-1)!)).toEqual({ changed: WRITERS, listed: WRITERS });
    }

    const store = tempStore(root, { journal });
    const { runs } = store.listRuns({});
    expect(new Set(runs.map((run) => run.name)).size).toBe(WRITERS);
    for (const run of runs) {
      expect(run.status).toBe("finished");
      expect(run.params.step).toBe(String(batches - 1));
      expect(Object.values(run.metrics).map((metric) => metric.count)).toEqual([batches, batches]);
      expect(store.checkpoint(run.id)).toBe(batches - 1);
      const steps = store.metricHistory(run.id, "loss", 0, batches).points.map((point) => point.step);
      expect(steps).toEqual(Array.from({ length: batches }, (_, i) => i));
    }
    // Every write of a run moved the counter by one: created, each batch, ended.
    expect(store.changesSince(0).revision).toBe(WRITERS * (batches + 2));
    expectSound(root);
  },
);

test("a writer killed at any moment leaves a sound store with all that it had acknowledged", {
  timeout: 120_000,
}, async () => {
  const root = tempFolder();
  for (let round = 0; round < 10; round++) {
    const writer = start("write", root, "1000000");
    // From the first moments of the database to amid merges.
    const lines = round * round * 7;
    await expect.poll(() => writer.lines.length, { timeout: 30_000, interval: 1 }).toBeGreaterThanOrEqual(lines);
    writer.child.kill("SIGKILL");
    expect((await writer.ended).code).toBeNull();

    const store = tempStore(root);
    const id = writer.lines[0]?.replace("run ", "");
    if (id) {
      const acknowledged = writer.lines.length - 2;
      const run = store.getRun(id)!;
      const last = (store.checkpoint(id) as number | undefined) ?? -1;
      // The last batch may have been written and not yet told.
      expect([acknowledged, acknowledged + 1]).toContain(last);
      expect(run.status).toBe("running");
      expect(run.metrics.loss?.count ?? 0).toBe(last + 1);
      expect(store.metricHistory(id, "loss", 0, 1e9).points.map((point) => point.value)).toEqual(
        Array.from({ length: last + 1 }, (_, i) => i),
      );
    }
    store.close();
    expectSound(root);
  }
});
