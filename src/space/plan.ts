/** What would be freed, and why. Nothing is changed here. */
import { join } from "node:path";
import type { FreeableRun, Store } from "../store/contract";
import { neededByCode } from "./freeObjects";
import { listObjectFiles } from "./keptObjects";
import { findLeftovers, type Leftover } from "./leftovers";
import type { SpaceRules } from "./rules";
import { folderSize } from "./sizes";
import { type SpaceUsage, spaceUsage } from "./usage";

export interface PlannedRun extends FreeableRun {
  /** The rule that it falls under, as a sentence goes on: "deleted 40 days ago". */
  reason: string;
  /** What is given back when the runs up to this one are freed: bytes of its folder, and of files that no other run has. */
  bytes: number;
}

export interface SpacePlan {
  rules: SpaceRules;
  usage: SpaceUsage;
  /** In the order in which they go. */
  runs: PlannedRun[];
  /** Objects that no run names any more. */
  objects: { count: number; bytes: number };
  /** Folders and temporary files that nobody owns. */
  leftovers: Leftover[];
  /** What all that gives back, at least. */
  bytes: number;
  /** What the store still takes above the budget then; 0 when it keeps to it, or has none. */
  excess: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export async function planFreeing(store: Store, rules: SpaceRules, now = Date.now()): Promise<SpacePlan> {
  const usage = await spaceUsage(store);
  const objects = await unusedObjects(store);
  const leftovers = await findLeftovers(store, now);
  const ruled: PlannedRun[] = [];
  const others: FreeableRun[] = [];
  for (const run of store.listFreeable()) {
    const reason = ruleOf(run, rules, now);
    if (reason === null) others.push(run);
    else ruled.push({ ...run, reason, bytes: 0 });
  }
  // Without a budget to keep to, those that no rule takes need not be measured.
  const spare = rules.budget === null ? [] : others.map((run) => ({ ...run, reason: overBudget(run, now), bytes: 0 }));
  const candidates = await measure(store, [...ruled, ...spare]);

  let bytes = objects.bytes + leftovers.reduce((sum, { size }) => sum + size, 0);
  const excess = () => (rules.budget === null ? 0 : Math.max(0, usage.total - bytes - rules.budget));
  const runs: PlannedRun[] = [];
  for (const [index, run] of candidates.entries()) {
    if (index >= ruled.length && excess() === 0) break;
    runs.push(run);
    bytes += run.bytes;
  }
  return { rules, usage, runs, objects, leftovers, bytes, excess: excess() };
}

function ruleOf({ kind, since }: FreeableRun, rules: SpaceRules, now: number): string | null {
  const days = kind === "deleted" ? rules.keepDeletedDays : rules.keepScratchDays;
  if (days === null || now - since < days * DAY_MS) return null;
  return described(kind, since, now);
}

const overBudget = ({ kind, since }: FreeableRun, now: number) => `${described(kind, since, now)}, over the budget`;

function described(kind: FreeableRun["kind"], since: number, now: number): string {
  const days = Math.floor((now - since) / DAY_MS);
  const ago = days < 1 ? "today" : days === 1 ? "1 day ago" : `${days} days ago`;
  return kind === "deleted" ? `deleted ${ago}` : `a scratch run, ended ${ago}`;
}

async function measure(store: Store, runs: PlannedRun[]): Promise<PlannedRun[]> {
  for (const run of runs) run.bytes = await folderSize(join(store.folder, "runs", run.id));
  const own = new Map<string, number>();
  for (const { sha256, place } of store.ownObjects(runs.map(({ id }) => id))) own.set(sha256, place);
  if (own.size === 0) return runs;
  for await (const files of listObjectFiles(store.folder)) {
    for (const { sha256, size } of files) {
      const place = own.get(sha256);
      if (place !== undefined) runs[place]!.bytes += size;
    }
  }
  return runs;
}

async function unusedObjects(store: Store): Promise<{ count: number; bytes: number }> {
  const sizes = new Map<string, number>();
  for await (const files of listObjectFiles(store.folder))
    for (const { sha256, size } of files) sizes.set(sha256, size);
  const unnamed = store.unnamedObjects([...sizes.keys()]);
  const isNeeded = unnamed.length > 0 ? await neededByCode(store, new Set()) : () => false;
  const unused = unnamed.filter((sha256) => !isNeeded(sha256));
  return { count: unused.length, bytes: unused.reduce((sum, sha256) => sum + sizes.get(sha256)!, 0) };
}
