import * as z from "zod";
import { compareRuns as compare, WORKSPACE } from "../compare/runs";
import { describeComparison } from "../compare/sections";
import { summarizeDifferences } from "../compare/summary";
import type { RunComparison } from "../domain/comparison";
import { UserError } from "../domain/errors";
import { createComparisonReaders } from "../snapshot/comparisonReaders";
import type { Store } from "../store/contract";
import { isoTime } from "./inWords";
import { RunReference } from "./showRun";
import { tool } from "./tool";

/** Rows of each part. */
const LISTED = 40;

export const compareRuns = tool({
  name: "compare_runs",
  title: "Compare Runs",
  description:
    'Tells what differs between runs: params, metrics, code, config, packages, data. `workspace` in place of a run stands for the files and the environment as they are now, so ["latest", "workspace"] tells what changed since the last run.',
  input: z.object({ runs: z.array(RunReference).min(2).max(10) }),
  async answer(store, { runs }, signal) {
    const ids = runs.map((run) => (run === WORKSPACE ? WORKSPACE : store.resolveRun(run)));
    if (new Set(ids).size < ids.length) throw new UserError("These are the same run. Name two runs that differ.");
    return comparisonInWords(await comparisonOf(store, ids, signal));
  },
});

async function comparisonOf(store: Store, ids: readonly string[], signal: AbortSignal): Promise<RunComparison> {
  const readers = createComparisonReaders(store, { signal });
  try {
    return await compare(store, ids, readers, { signal });
  } finally {
    await readers.close();
  }
}

function comparisonInWords(comparison: RunComparison): Record<string, unknown> {
  const text = describeComparison(comparison, { listed: LISTED, when: isoTime });
  return {
    inShort: summarizeDifferences(comparison),
    sides: text.sides.map((words) => words.join(": ")),
    differences: text.sections.map(({ title, headline, header, rows, notes }) => ({
      part: title,
      ...(headline === "" ? {} : { headline }),
      ...(header.length > 0 ? { columns: header } : {}),
      rows,
      ...(notes.length > 0 ? { notes } : {}),
    })),
    same: text.same,
    ...(text.uncertain.length > 0 ? { uncertain: text.uncertain } : {}),
    ...(text.note === "" ? {} : { note: text.note }),
  };
}
