/** Two versions of a dataset: which files differ, and what inside of the tables among them. */
import { compareTables } from "../../../compare/tables/compareTables";
import type { TableSource } from "../../../compare/tables/options";
import { tableFormatOf } from "../../../compare/tables/tableFormat";
import { UserError } from "../../../domain/errors";
import { hasObject, objectPath } from "../../../store/objects";
import { versionDifferences } from "../datasets";
import type { ChangedTable, ChoreProgress, ComparedVersions } from "./api";

/** Files that are listed, and tables that are looked into. */
const MOST_FILES = 1_000;
const MOST_TABLES = 5;

export interface CompareVersionsOptions {
  signal: AbortSignal;
  report(progress: ChoreProgress): void;
}

export async function compareVersions(
  folder: string,
  before: string,
  after: string,
  { signal, report }: CompareVersionsOptions,
): Promise<ComparedVersions> {
  const comparison = await versionDifferences({ folder }, before, after, { limit: MOST_FILES, signal });
  const changed = comparison.changed.filter(({ path }) => tableFormatOf(path) !== null);
  const tables: ChangedTable[] = [];
  for (const { path, before: older, after: newer } of changed) {
    if (tables.length >= MOST_TABLES) break;
    if (!hasObject(folder, older.sha256) || !hasObject(folder, newer.sha256)) continue;
    const sources = tableSources(folder, path, older.sha256, newer.sha256);
    const onProgress = (done: number, total: number) => report({ what: path, done, total });
    tables.push({ path, comparison: await compareTables(...sources, { signal, onProgress }) });
  }
  return { comparison, tables, left: changed.length - tables.length };
}

/** Two contents of the table `path`. Throws UserError where only a hash is known. */
export function tableSources(folder: string, path: string, before: string, after: string): [TableSource, TableSource] {
  const format = tableFormatOf(path) ?? undefined;
  for (const sha256 of [before, after]) {
    if (hasObject(folder, sha256)) continue;
    throw new UserError(
      `The content ${sha256.slice(0, 12)} of ${path} was not kept, only its hash, so it cannot be compared.`,
    );
  }
  return [
    { path: objectPath(folder, before), format },
    { path: objectPath(folder, after), format },
  ];
}
