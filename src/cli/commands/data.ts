/** `modeltrail data ls` and `modeltrail data versions` */
import { UserError } from "../../domain/errors";
import { formatAgo, formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import { createKeptCounter, type KeptFiles } from "../../snapshot/keptFiles";
import type { DatasetSummary, DatasetUse, DatasetVersionSummary, Store } from "../../store/contract";
import { checkDataset } from "../datasetVersion";
import { openProject, withStore } from "../open";
import { oneLine, print, styled, table } from "../print";

/** Runs that are named behind a version. */
const NAMED_RUNS = 3;
/** Runs of a version in JSON. */
const LISTED_RUNS = 1_000;

interface ListedDataset extends DatasetSummary {
  /** Of the current version; null when its list of files is not in the store. */
  kept: KeptFiles | null;
}

export async function listDatasetsCommand(options: { json?: boolean }): Promise<void> {
  const store = await openProject();
  try {
    const datasets = store ? await withKept(store) : [];
    if (options.json) print(toJson(datasets, 2));
    else print(datasets.length === 0 ? NOTHING : listText(datasets));
  } finally {
    store?.close();
  }
}

const NOTHING =
  "No datasets yet. They are what runs read: record one with `modeltrail run -- python train.py`, or name them in modeltrail.yaml.";

async function withKept(store: Store): Promise<ListedDataset[]> {
  const keptOf = createKeptCounter(store.folder);
  const datasets: ListedDataset[] = [];
  for (const dataset of store.listDatasets()) {
    // A list that is damaged or gone is a matter for `data verify` and the doctor; the others are listed all the same.
    const kept = await keptOf(dataset.current, dataset.files).catch(() => null);
    datasets.push({ ...dataset, kept });
  }
  return datasets;
}

function listText(datasets: ListedDataset[]): string {
  const now = Date.now();
  const rows = datasets.map((dataset) => [
    oneLine(dataset.name),
    dataset.kind,
    String(dataset.files),
    formatSize(dataset.size),
    keptText(dataset),
    String(dataset.versions),
    String(dataset.runs),
    formatAgo(dataset.lastUsed, now),
  ]);
  const lines = table([["NAME", "KIND", "FILES", "SIZE", "KEPT", "VERSIONS", "RUNS", "LAST USED"], ...rows]);
  if (datasets.every((dataset) => dataset.kept?.files === dataset.files)) return lines;
  const why =
    "Of files above a size (50 MiB, or keep.maxFileSize in modeltrail.yaml) the hash is kept and not the bytes: changes are seen, and cannot be undone.";
  return `${lines}\n${styled(why, "dim")}`;
}

function keptText({ kept, files, size }: ListedDataset): string {
  if (kept === null) return "unknown";
  if (kept.files === files) return "all";
  return `${kept.files} of ${files}, ${formatSize(size - kept.size)} by hash only`;
}

export async function listVersionsCommand(name: string, options: { limit: string; json?: boolean }): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new UserError(`"${options.limit}" is not a number of versions. Give --limit a whole number from 1 to 10000.`);
  }
  await withStore((store) => {
    checkDataset(store, name);
    const { versions, total } = store.listDatasetVersions(name, { limit });
    const usesOf = ({ version }: DatasetVersionSummary, most: number) =>
      store.runsOfDataset(name, version, { limit: most }).uses;
    if (options.json) {
      print(toJson(versions.map((version) => ({ ...version, uses: usesOf(version, LISTED_RUNS) }))));
      return;
    }
    const lines = versions.map((version) => versionRow(store, version, usesOf(version, NAMED_RUNS)));
    print(table([["VERSION", "FILES", "SIZE", "FIRST USED", "LAST USED", "DVC", "RUNS"], ...lines]));
    if (versions.length < total) print(styled(`${versions.length} of ${total} versions; --limit shows more`, "dim"));
  });
}

function versionRow(store: Store, version: DatasetVersionSummary, uses: DatasetUse[]): string[] {
  const now = Date.now();
  const names = new Map(store.getSummaries(uses.map(({ run }) => run)).map(({ id, name }) => [id, name]));
  const writers = new Set(uses.filter(({ role }) => role === "write").map(({ run }) => run));
  const ids = [...new Set(uses.map(({ run }) => run))];
  const named = ids.map((id) => `${oneLine(names.get(id) ?? id)}${writers.has(id) ? " (wrote it)" : ""}`).join(", ");
  const more = version.runs - ids.length;
  return [
    version.version.slice(0, 12),
    String(version.files),
    formatSize(version.size),
    formatAgo(version.firstSeen, now),
    formatAgo(version.lastSeen, now),
    version.md5 === null ? "" : version.md5.slice(0, 8) + (version.md5.endsWith(".dir") ? ".dir" : ""),
    more > 0 ? `${named} and ${more} more` : named,
  ];
}
