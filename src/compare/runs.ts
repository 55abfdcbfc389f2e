/** How runs differ, and from the files and environment as they are now. */
import type { RunComparison } from "../domain/comparison";
import type { Store } from "../store/contract";
import { compareCode } from "./code";
import { compareConfig } from "./config";
import { compareDatasetVersions } from "./datasetVersions";
import { compareEnvironments, compareHosts } from "./environment";
import { compareInputs, compareOutputs, type FileSides, readFileRows } from "./fileLists";
import type { FileRow } from "./files";
import { compareMetrics } from "./metrics";
import type { ComparisonReaders } from "./readers";
import { addSideDoubts, codeOfSide, compareCommands, readSides, toComparedSide } from "./sides";
import { compareTexts } from "./texts";
import { collectDoubts } from "./uncertain";

export { WORKSPACE } from "./sides";

export interface CompareOptions {
  /** Also what is the same. */
  all?: boolean;
  /** Number of files that are listed of each kind; all are counted. Default 1,000. */
  limit?: number;
  signal?: AbortSignal;
}

const LIMIT = 1_000;

/**
 * Compares two or more sides; the others are measured by the first. `ids`: of runs, and once perhaps "workspace". Takes time
 * in proportion to what the runs list, and memory in proportion to what differs. Throws UserError when a run is not there.
 */
export async function compareRuns(
  store: Store,
  ids: readonly string[],
  readers: ComparisonReaders,
  options: CompareOptions = {},
): Promise<RunComparison> {
  const { all = false, limit = LIMIT, signal } = options;
  const sides = await readSides(store, ids, readers);
  signal?.throwIfAborted();
  const runs = sides.map(({ run }) => run);
  const environments = sides.map(({ run, now }) => (run ? run.snapshot.environment : now.environment));
  const told = sides.map(toComparedSide);
  const doubts = collectDoubts(told);
  addSideDoubts(doubts, sides);

  const code = await compareCode(sides.map(codeOfSide), readers, (about, reason) =>
    doubts.add(about, reason ?? `The code of ${told[about[0]!]!.name} was not captured, so it may differ.`),
  );
  const files: FileSides = { store, ids: runs.map((run) => run?.id ?? null), readers, signal };
  const configRows: FileRow[] = [];
  for await (const rows of readFileRows(files, "config")) configRows.push(...rows);
  const config = await compareConfig(
    configRows,
    sides.map(({ now }) => now !== null),
    readers,
    all,
  );
  const data = await compareInputs(files, "read", { all, limit });
  doubts.addFiles(data.files, data.counts.unknown);
  const outputs = await compareOutputs(files, { all, limit });
  return {
    sides: told,
    params: compareTexts(
      runs.map((run) => run?.params ?? null),
      all,
    ),
    metrics: compareMetrics(
      runs.map((run) => run?.metrics ?? null),
      all,
    ),
    config,
    code,
    environment: compareEnvironments(environments, all),
    data,
    datasets: compareDatasetVersions(
      runs.map((run) => run?.snapshot.datasets ?? null),
      all,
    ),
    outputs,
    command: compareCommands(sides, all),
    host: compareHosts(environments, all),
    uncertain: doubts.result(),
  };
}
