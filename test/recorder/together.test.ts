/** Eight recorders begin a store at the same moment while two people and two windows look at it: nothing is lost. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { RunSummary } from "../../src/domain/run";
import { makeRepository } from "../../src/snapshot/code/testRepository";
import { storeExists } from "../../src/store/locate";
import { openStore } from "../../src/store/open";
import { makeProject, modeltrail, python, recorded, runSession, useCli, withStore } from "./cli";

useCli();

const RECORDERS = 8;
const STEPS = 2_000;
/** In bursts, so that the recorders write while the others do. */
const SCRIPT = `import argparse, time
parser = argparse.ArgumentParser()
parser.add_argument("--part", type=int)
part = parser.parse_args().part
open("data.csv").read()
for step in range(${STEPS}):
    print(f"step {step} loss={part + 1 / (step + 1):.6f} accuracy={step / ${STEPS}:.4f}", flush=True)
    if step % 100 == 0:
        time.sleep(0.1)
`;

/** Looks again and again from a terminal, until told, and then once more. Gives how often it saw runs. */
async function lookFromTerminal(root: string, env: Record<string, string>, over: () => boolean): Promise<number> {
  let seen = 0;
  for (let last = false; !last; ) {
    last = over();
    for (const args of [["ls"], ["show", "latest"]]) {
      const { code, out, err } = await runSession({ command: modeltrail(...args, "--json"), cwd: root, env });
      // Before the first run there is nothing to show; that is no fault.
      if (/^modeltrail: (Nothing is recorded|No runs have been recorded)/.test(err.toString())) continue;
      expect({ args, code, err: err.toString() }).toEqual({ args, code: 0, err: "" });
      const runs: RunSummary[] = [JSON.parse(out.toString())].flat();
      expect(runs.length).toBeLessThanOrEqual(RECORDERS);
      for (const { status } of runs) expect(["running", "finished"]).toContain(status);
      if (runs.length > 0) seen++;
    }
  }
  return seen;
}

/** Follows the store's changes as a window does, and gives what it then believes. */
async function lookFromWindow(root: string, over: () => boolean): Promise<Map<string, RunSummary>> {
  while (!storeExists(root)) await wait(5);
  const store = openStore(root, { create: false });
  const known = new Map<string, RunSummary>();
  try {
    for (let revision = 0, last = false; !last; await wait(20)) {
      // Asked for before the look, so that one look follows the last change.
      last = over();
      const changes = store.changesSince(revision);
      expect(changes).toMatchObject({ all: false, removed: [] });
      expect(changes.revision).toBeGreaterThanOrEqual(revision);
      expect(new Set(changes.runs).size).toBe(changes.runs.length);
      for (const run of store.getSummaries(changes.runs)) {
        const before = known.get(run.id);
        // Told of a run only when it has changed, and never of an older state than one that was seen.
        expect(run.revision).toBeGreaterThan(revision);
        if (before) expect(run.revision).toBeGreaterThanOrEqual(before.revision);
        known.set(run.id, run);
      }
      revision = changes.revision;
    }
  } finally {
    store.close();
  }
  return known;
}

function integrityOf(root: string): unknown {
  const db = new DatabaseSync(join(root, ".modeltrail/db.sqlite"));
  try {
    return db.prepare("PRAGMA integrity_check").all();
  } finally {
    db.close();
  }
}

test.skipIf(process.platform === "win32")("eight recorders, two terminals, two windows", async () => {
  const root = makeRepository({ "train.py": SCRIPT, "data.csv": "a,b\n1,2\n" });
  const env = { HOME: makeProject() };
  let over = false;
  const isOver = () => over;
  const terminals = Promise.all([lookFromTerminal(root, env, isOver), lookFromTerminal(root, env, isOver)]);
  const windows = Promise.all([lookFromWindow(root, isOver), lookFromWindow(root, isOver)]);
  const parts = Array.from({ length: RECORDERS }, (_, part) => part);
  const sessions = await Promise.all(
    parts.map((part) => {
      const command = recorded([python, "train.py", "--part", String(part)], ["--name", `part-${part}`]);
      return runSession({ command, cwd: root, env });
    }),
  ).finally(() => {
    over = true;
  });
  const [seen, beliefs] = await Promise.all([terminals, windows]);
  for (const times of seen) expect(times).toBeGreaterThan(0);

  withStore(root, (store) => {
    const { runs, total } = store.listRuns({});
    expect(total).toBe(RECORDERS);
    expect(new Set(runs.map(({ revision }) => revision)).size).toBe(RECORDERS);
    const commits = new Set<string | null>();
    for (const [part, { code, err, out }] of sessions.entries()) {
      expect({ part, code, err: err.toString() }).toEqual({ part, code: 0, err: "" });
      const run = store.getRun(store.resolveRun(`part-${part}`))!;
      expect(run).toMatchObject({ status: "finished", exitCode: 0, gaps: [], warnings: [], logSize: out.length });
      expect(run.params).toMatchObject({ part: String(part) });
      expect(run.snapshot.data).toMatchObject([{ path: "data.csv", role: "read" }]);
      commits.add(run.snapshot.code.commit);
      expect(readFileSync(store.logPath(run.id)).equals(out)).toBe(true);
      const lines = out.toString().trimEnd().split("\n");
      expect(lines).toHaveLength(STEPS);
      for (const [key, place] of [
        ["loss", 2],
        ["accuracy", 3],
      ] as const) {
        const { points, total: count } = store.metricHistory(run.id, key, 0, STEPS + 1);
        expect(count).toBe(STEPS);
        const expected = lines.map((line, step) => ({ step, value: Number(line.split(" ")[place]!.split("=")[1]) }));
        expect(points.map(({ step, value }) => ({ step, value }))).toEqual(expected);
      }
    }
    expect([...commits]).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
    const truth = new Map(runs.map((run) => [run.id, run]));
    for (const belief of beliefs) expect(belief).toEqual(truth);
  });
  expect(integrityOf(root)).toEqual([{ integrity_check: "ok" }]);
});
