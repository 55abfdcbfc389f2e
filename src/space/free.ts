/** Carries out a plan. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../domain/errors";
import type { Store } from "../store/contract";
import { freeCode } from "./code/freeCode";
import { packOwnCode } from "./code/ownCode";
import { freeObjects } from "./freeObjects";
import { removeLeftovers } from "./leftovers";
import type { PlannedRun, SpacePlan } from "./plan";
import { folderSize } from "./sizes";

export interface FreeReport {
  /** Names of the runs that were freed. */
  runs: string[];
  objects: number;
  /** Refs of snapshots. */
  refs: number;
  /** What was given back to the disk. */
  bytes: number;
  /** Bytes that a running run may count on: freed the next time. */
  waiting: number;
  /** What could not be done, and why, in sentences. */
  notes: string[];
}

export interface FreeOptions {
  signal?: AbortSignal;
  /** What is being done, for a line that goes away. */
  onStep?(step: string): void;
}

/** Runs whose rows are removed in one transaction: others wait for that long. */
const RUNS_AT_ONCE = 100;

/**
 * Frees what the plan says. What has changed since (a run that was restored, pinned, noted) stays.
 *
 * The order makes it safe to be killed anywhere: first the rows go, each run's in one transaction; from then on nothing names
 * its files, so that whatever is left of them is found by the next `gc` as well.
 */
export async function freeSpace(store: Store, plan: SpacePlan, options: FreeOptions = {}): Promise<FreeReport> {
  const { signal, onStep } = options;
  const report: FreeReport = { runs: [], objects: 0, refs: 0, bytes: 0, waiting: 0, notes: [] };
  const step = (name: string) => {
    signal?.throwIfAborted();
    onStep?.(name);
  };

  step("Removing runs");
  const ids = plan.runs.map(({ id }) => id);
  const expected = new Set([...store.ownObjects(ids)].map(({ sha256 }) => sha256));
  for (const run of freeRows(store, plan.runs)) {
    signal?.throwIfAborted();
    report.runs.push(run.name);
    const folder = join(store.folder, "runs", run.id);
    report.bytes += await folderSize(folder);
    await rm(folder, { recursive: true, force: true });
  }
  step("Removing snapshots that no run needs");
  const code = await freeCode(store);
  report.refs = code.refs;
  report.notes.push(...code.notes);
  report.bytes += await packOwnCode(store, code.refs > 0, signal);
  step("Removing files that no run needs");
  const objects = await freeObjects(store, expected);
  report.objects = objects.objects;
  report.bytes += objects.bytes;
  report.waiting = objects.waiting;
  step("Removing what was left over");
  report.bytes += await removeLeftovers(plan.leftovers);
  step("Packing the database");
  report.bytes += store.compact();
  return report;
}

/** Removes the rows, some runs at a time; yields those that are gone. */
function* freeRows(store: Store, planned: readonly PlannedRun[]): Generator<PlannedRun> {
  for (let from = 0; from < planned.length; from += RUNS_AT_ONCE) {
    // Asked again each time: a run may have been restored, pinned or noted since.
    const now = new Map(store.listFreeable().map((run) => [run.id, run]));
    const some = planned
      .slice(from, from + RUNS_AT_ONCE)
      .filter(({ id, kind, since }) => now.get(id)?.kind === kind && now.get(id)?.since === since);
    if (freeEach(store, some)) yield* some;
    else for (const run of some) if (freeEach(store, [run])) yield run;
  }
}

/** All or none of them; false when someone has changed one of them in this moment. */
function freeEach(store: Store, runs: readonly PlannedRun[]): boolean {
  const ids = runs.map(({ id }) => id);
  try {
    store.deleteRuns(runs.filter(({ kind }) => kind === "scratch").map(({ id }) => id));
    store.freeRuns(ids);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
