import { UserError } from "../domain/errors";
import type { Store } from "../store/contract";
import type { ComparisonReaders } from "./readers";
import { compareRuns } from "./runs";
import { summarizeDifferences } from "./summary";

/** What differs between two runs in one line; why that cannot be told where it cannot, as when a commit is gone. */
export async function differenceLine(
  store: Store,
  before: string,
  after: string,
  readers: ComparisonReaders,
  signal?: AbortSignal,
): Promise<string> {
  try {
    return summarizeDifferences(await compareRuns(store, [before, after], readers, { limit: 1, signal }));
  } catch (error) {
    // It is no reason to show nothing else of the run.
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
