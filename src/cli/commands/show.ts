/** `modeltrail show RUN` */
import { type Repeats, repeatsOf } from "../../compare/repeats";
import { formatNumber, formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import { sourceWords } from "../../domain/metricSource";
import { REASON_TAG, REPRODUCES_TAG, VERDICT_TAG } from "../../domain/reproduction";
import type { DataFile, Run, RunDataset, RunSummary } from "../../domain/run";
import { ownTags } from "../../domain/tags";
import type { CellPage } from "../../store/cells/contract";
import type { Store } from "../../store/contract";
import { cellTable } from "../cellTable";
import { withStore } from "../open";
import { commandText, duration, oneLine, pairs, print, styled, styledStatus, table } from "../print";

/** Files of a kind that are listed before the rest is only counted. */
const LISTED = 12;
const CELLS_IN_JSON = 1_000;

export async function showCommand(reference: string, options: { json?: boolean }): Promise<void> {
  await withStore((store) => {
    const run = store.getRun(store.resolveRun(reference))!;
    if (options.json) return print(toJson(withCells(store, run), 2));
    const cells = store.cells.list(run.id, { limit: LISTED });
    print(describeRun(run, store.metricSources(run.id), repeatsOf(store, run), reproductionsOf(store, run), cells));
  });
}

/** Only of a notebook: `modeltrail cells` has the rest. */
function withCells(store: Store, run: Run): object {
  const { cells, total } = store.cells.list(run.id, { limit: CELLS_IN_JSON });
  return total === 0 ? run : { ...run, cells, cellCount: total };
}

/** The newest runs that were made to see whether the same comes of it. */
function reproductionsOf(store: Store, { id }: Run): RunSummary[] {
  return store.listRuns({ parent: id, tags: { [REPRODUCES_TAG]: id }, limit: LISTED }).runs;
}

function describeRun(
  run: Run,
  sources: Record<string, string[]>,
  repeats: Repeats | null,
  reproductions: RunSummary[],
  cells: CellPage,
): string {
  const parts = [
    `${styled(oneLine(run.name), "bold")}  ${styledStatus(run.status)}${ending(run)}`,
    pairs(headLines(run)),
    section("Params", pairs(entries(run.params))),
    section("Metrics", metricTable(run, sources)),
    section("Cells", cellList(run, cells)),
    repeats ? section(repeatTitle(run, repeats), repeatTable(repeats)) : "",
    section("Reproduced", pairs(reproductions.map(reproductionLine))),
    section("Tags", pairs(entries(ownTags(run.tags)))),
    section("Code", pairs(codeLines(run))),
    section("Datasets", pairs(run.snapshot.datasets.map(datasetLine))),
    section("Data read", fileList(run.snapshot.data.filter(({ role }) => role === "read"))),
    section("Config", fileList(run.snapshot.config)),
    section("Environment", pairs(environmentLines(run))),
    section("Artifacts", fileList(run.artifacts)),
    section("Gaps", list(run.gaps.map(({ message }) => message))),
    section("Warnings", list(run.warnings)),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function section(title: string, body: string): string {
  return body === "" ? "" : `${styled(title, "bold")}\n${body}`;
}

function ending({ exitCode, signal }: Run): string {
  if (signal) return ` by ${signal}`;
  return exitCode ? ` with exit code ${exitCode}` : "";
}

function headLines(run: Run): [string, string][] {
  const lines: [string, string][] = [
    ["id", run.id],
    ["experiment", oneLine(run.experiment)],
    ["command", commandText(run.command)],
    ["folder", oneLine(run.cwd)],
    ["started", new Date(run.startTime).toLocaleString()],
    ["took", duration(run, Date.now())],
  ];
  if (run.parent) lines.push(["child of", run.parent]);
  if (run.note) lines.push(["note", oneLine(run.note)]);
  return lines;
}

function entries(record: Record<string, string>): [string, string][] {
  return Object.entries(record).map(([key, value]) => [oneLine(key), oneLine(value)]);
}

function metricTable({ metrics }: Run, sources: Record<string, string[]>): string {
  const names = Object.keys(metrics);
  if (names.length === 0) return "";
  const rows = names.map((name) => {
    const { last, min, max, count, lastStep } = metrics[name]!;
    const told = oneLine(sourceWords(sources[name] ?? []));
    return [`  ${oneLine(name)}`, ...[last, min, max, count, lastStep].map(formatNumber), told];
  });
  return table([["  name", "last", "min", "max", "points", "last step", "from"], ...rows]);
}

function cellList({ name }: Run, { cells, total }: CellPage): string {
  if (total === 0) return "";
  const rest = total - cells.length;
  return rest > 0
    ? `${cellTable(cells)}\n  and ${rest} more (modeltrail cells ${oneLine(name)} lists all)`
    : cellTable(cells);
}

function repeatTitle({ id }: Run, { runs, first }: Repeats): string {
  const whose = first.id === id ? "Repeated" : `Repeat of ${oneLine(first.name)}`;
  return `${whose}; over ${runs} finished ${runs === 1 ? "run" : "runs"} with the same inputs`;
}

function repeatTable({ metrics }: Repeats): string {
  const rows = Object.entries(metrics).map(([name, spread]) => {
    const { count, mean, deviation, min, max } = spread;
    const scatter = count > 1 ? formatNumber(deviation) : "";
    return [`  ${oneLine(name)}`, formatNumber(mean), scatter, formatNumber(min), formatNumber(max), String(count)];
  });
  return rows.length === 0 ? "  no metrics" : table([["  name", "mean", "±", "min", "max", "runs"], ...rows]);
}

function reproductionLine({ name, tags }: RunSummary): [string, string] {
  const reason = tags[REASON_TAG];
  const verdict = tags[VERDICT_TAG] ?? "no verdict";
  return [oneLine(name), oneLine(reason === undefined ? verdict : `${verdict}: ${reason}`)];
}

function codeLines({ snapshot: { code } }: Run): [string, string][] {
  if (!code.commit) return [];
  const head = code.head ? code.head.slice(0, 10) : "no commit yet";
  const isOutsideGit = code.head === null && code.branch === null;
  return [
    ["snapshot", `${code.commit.slice(0, 10)}${code.dirty ? " (with uncommitted changes)" : ""}`],
    [
      "git",
      isOutsideGit ? "no git repository" : code.branch ? `${oneLine(code.branch)} at ${head}` : `detached at ${head}`,
    ],
  ];
}

function environmentLines({ snapshot: { environment } }: Run): [string, string][] {
  if (!environment) return [];
  const lines: [string, string][] = [];
  if (environment.python) lines.push(["python", `${environment.python} (${oneLine(environment.executable ?? "?")})`]);
  lines.push(["platform", environment.platform], ["cpu", `${environment.cpu}, ${environment.cores} cores`]);
  if (environment.gpus.length > 0) lines.push(["gpu", environment.gpus.join(", ")]);
  const imported = environment.imported.map((name) => `${name} ${environment.packages[name] ?? ""}`.trim());
  lines.push([
    "packages",
    `${Object.keys(environment.packages).length} installed${imported.length > 0 ? `; imported ${imported.join(", ")}` : ""}`,
  ]);
  return lines;
}

function datasetLine({ name, version, files, size, role }: RunDataset): [string, string] {
  const what = files === 1 ? formatSize(size) : `${files} files, ${formatSize(size)}`;
  return [oneLine(name), `${version.slice(0, 12)}  ${what}${role === "write" ? "  written" : ""}`];
}

function fileList(files: (Pick<DataFile, "path" | "sha256"> & { size?: number })[]): string {
  const rows = files
    .slice(0, LISTED)
    .map(({ path, sha256, size }): [string, string] => [
      oneLine(path),
      [sha256?.slice(0, 10) ?? "not hashed", size === undefined ? "" : formatSize(size)].join("  ").trimEnd(),
    ]);
  const rest = files.length - rows.length;
  return rest > 0 ? `${pairs(rows)}\n  and ${rest} more (--json lists all)` : pairs(rows);
}

function list(messages: string[]): string {
  return messages.map((message) => `  ${oneLine(message)}`).join("\n");
}
