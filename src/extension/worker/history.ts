/** What changed since the run before. */
import { differenceLine } from "../../compare/differenceLine";
import type { RunSummary } from "../../domain/run";
import { createComparisonReaders } from "../../snapshot/comparisonReaders";
import type { Store } from "../../store/contract";
import type { SinceRun } from "./api";

/** Lines are kept: a running run is read again each second, and its line is made anew no more often than this. */
const MOST_LINES = 500;
const FRESH_MS = 5_000;
const lines = new Map<string, { line: Promise<string>; madeAt: number }>();

/** Null for the first run of a script, and for commands that are none. */
export async function sincePrevious(store: Store, run: RunSummary): Promise<SinceRun | null> {
  const { script, startTime } = run;
  if (script === null) return null;
  const [previous] = store.listRuns({ script, startedBefore: startTime, limit: 1 }).runs;
  if (!previous) return null;
  return { id: previous.id, name: previous.name, line: await lineBetween(store, previous, run) };
}

/** Params, files and packages come while a run goes on; once it has ended, nothing of this changes. */
function lineBetween(store: Store, before: RunSummary, after: RunSummary): Promise<string> {
  const state = ({ id, status }: RunSummary) => `${id} ${status}`;
  const key = `${store.folder}\n${state(before)}\n${state(after)}`;
  const known = lines.get(key);
  const isMoving = before.status === "running" || after.status === "running";
  if (known && (!isMoving || Date.now() - known.madeAt < FRESH_MS)) return known.line;
  const line = describe(store, before, after);
  lines.set(key, { line, madeAt: Date.now() });
  line.catch(() => lines.delete(key));
  for (const oldest of lines.keys()) {
    if (lines.size <= MOST_LINES) break;
    lines.delete(oldest);
  }
  return line;
}

async function describe(store: Store, before: RunSummary, after: RunSummary): Promise<string> {
  const readers = createComparisonReaders(store);
  try {
    return await differenceLine(store, before.id, after.id, readers);
  } finally {
    await readers.close();
  }
}
