/** `modeltrail data diff NAME V1 V2` */
import { compareDatasets } from "../../compare/datasets";
import { compareTables } from "../../compare/tables/compareTables";
import { renderTableComparison } from "../../compare/tables/renderComparison";
import { tableFormatOf } from "../../compare/tables/tableFormat";
import type { ChangedFile, DatasetComparison } from "../../domain/datasetComparison";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import type { TableComparison } from "../../domain/tableComparison";
import { findContent } from "../../snapshot/findContent";
import { readManifest } from "../../snapshot/manifest";
import type { Store } from "../../store/contract";
import { checkDataset, resolveVersion } from "../datasetVersion";
import { withStore } from "../open";
import { oneLine, print, styled } from "../print";
import { showProgress } from "../progress";

export interface DataDiffOptions {
  filesOnly?: boolean;
  limit: string;
  json?: boolean;
}

interface ChangedTable {
  path: string;
  /** Null when it could not be made. */
  comparison: TableComparison | null;
  /** Why not. */
  problem: string | null;
}

/** Tables that are looked into: each takes seconds when it is large. */
const MOST_TABLES = 10;
const LISTED_IN_JSON = 10_000;

export async function diffCommand(
  name: string,
  before: string | undefined,
  after: string | undefined,
  options: DataDiffOptions,
): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new UserError(`"${options.limit}" is not a number of files. Give --limit a whole number of 1 or more.`);
  }
  await withStore(async (store) => {
    checkDataset(store, name);
    const versions = [
      resolveVersion(store, name, before ?? "previous"),
      resolveVersion(store, name, after ?? "latest"),
    ] as const;
    const [older, newer] = versions.map((version) => ({ version, files: readManifest(store.folder, version) }));
    const comparison = await compareDatasets(older!, newer!, { limit: options.json ? LISTED_IN_JSON : limit });
    const changed = comparison.changed.filter(({ path }) => tableFormatOf(path) !== null);
    const looked = options.filesOnly ? [] : changed.slice(0, MOST_TABLES);
    const tables: ChangedTable[] = [];
    for (const file of looked) tables.push(await compareTable(store, file));
    if (options.json) print(toJson({ name, ...comparison, tables }, 2));
    else print(diffText(name, comparison, tables, changed.length - looked.length));
  });
}

async function compareTable(store: Store, { path, before, after }: ChangedFile): Promise<ChangedTable> {
  const [older, newer] = [await findContent(store, { path, ...before }), await findContent(store, { path, ...after })];
  if (older === null || newer === null) {
    const which = older === null && newer === null ? "both versions" : older === null ? "the first" : "the second";
    return { path, comparison: null, problem: `The bytes of ${which} are not kept, only the hash.` };
  }
  const format = tableFormatOf(path)!;
  const progress = showProgress(path);
  try {
    const sources = [older, newer].map((file) => ({ path: file, format }));
    const comparison = await compareTables(sources[0]!, sources[1]!, { onProgress: progress.update });
    return { path, comparison, problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { path, comparison: null, problem: error.message };
  } finally {
    progress.clear();
  }
}

function diffText(name: string, comparison: DatasetComparison, tables: ChangedTable[], left: number): string {
  const { before, after, counts } = comparison;
  const sizes = [before, after].map(
    ({ files, size }) => `${files} ${files === 1 ? "file" : "files"}, ${formatSize(size)}`,
  );
  const head = `${styled(oneLine(name), "bold")}  ${before.version.slice(0, 12)} (${sizes[0]}) → ${after.version.slice(0, 12)} (${sizes[1]})`;
  if (before.version === after.version) return `${head}\nThe same version: nothing differs.`;
  const parts = (["added", "removed", "changed", "moved"] as const).filter((kind) => counts[kind] > 0);
  const summary = [...parts.map((kind) => `${counts[kind]} ${kind}`), `${counts.same} the same`].join(", ");
  const lists = parts.flatMap((kind) => [...fileLines(comparison, kind), ...moreLine(counts[kind], comparison[kind])]);
  const sections = tables.map(({ path, comparison: table, problem }) =>
    [styled(oneLine(path), "bold"), table ? indent(renderTableComparison(table).trimEnd()) : `  ${problem}`].join("\n"),
  );
  const rest = left > 0 ? [styled(`${left} more tables have changed and were not looked into.`, "dim")] : [];
  return [[head, summary, ...lists].join("\n"), ...sections, ...rest].join("\n\n");
}

function fileLines(comparison: DatasetComparison, kind: "added" | "removed" | "changed" | "moved"): string[] {
  switch (kind) {
    case "added":
      return comparison.added.map((file) => styled(`  + ${oneLine(file.path)}  ${formatSize(file.size)}`, "green"));
    case "removed":
      return comparison.removed.map((file) => styled(`  - ${oneLine(file.path)}  ${formatSize(file.size)}`, "red"));
    case "changed":
      return comparison.changed.map(({ path, before, after }) => {
        const sizes =
          before.size === after.size
            ? formatSize(after.size)
            : `${formatSize(before.size)} → ${formatSize(after.size)}`;
        return styled(`  ~ ${oneLine(path)}  ${sizes}`, "yellow");
      });
    case "moved":
      return comparison.moved.map((file) => `  > ${oneLine(file.from)} → ${oneLine(file.to)}`);
  }
}

function moreLine(count: number, listed: readonly unknown[]): string[] {
  return count > listed.length ? [styled(`    and ${count - listed.length} more; --limit shows more`, "dim")] : [];
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
