/** A run as what stands below it in the tree: a pure derivation of what the store gives. */
import { type Repeats, repeatText, spreadText } from "../../compare/repeats";
import { cellDuration } from "../../domain/cellDuration";
import type { CellExecution, CellStatus } from "../../domain/cells";
import { formatDuration, formatNumber, formatSize } from "../../domain/format";
import { sourceWords } from "../../domain/metricSource";
import type { DataFile, Environment, MetricSummary, Run, RunDataset } from "../../domain/run";
import { ownTags } from "../../domain/tags";
import type { CellPage } from "../../store/cells/contract";
import type { RunDetails } from "../worker/api";
import { keyMetric } from "./keyMetric";
import { DEFAULT_VIEW } from "./viewState";

export interface RecordedFile {
  kind: "code" | "data" | "config" | "artifact";
  /** As recorded: relative to the project's root (code: to the code's root), absolute when outside. */
  path: string;
  sha256: string | null;
  size: number | null;
  /** The run left it so, instead of finding it so. */
  written?: boolean;
}

export interface FileEntry {
  kind: "file";
  key: string;
  file: RecordedFile;
  /** Beside the name, e.g. "read · 1.2 MB". */
  description: string;
}

export interface FieldEntry {
  kind: "field";
  key: string;
  label: string;
  value: string;
  /** Shown on hover instead of label and value. */
  tooltip?: string;
  /** What Copy Value takes, when `value` is shortened or has more in it. */
  copy?: string;
  icon?: string;
  /** Colour of the icon, by its name in themes. */
  color?: string;
  /** Of an execution of a notebook's cell: its ordinal. */
  cell?: number;
}

export type Entry = FieldEntry | FileEntry | { kind: "section"; key: string; section: Section };

export type SectionKind =
  | "params"
  | "metrics"
  | "cells"
  | "artifacts"
  | "code"
  | "data"
  | "config"
  | "environment"
  | "packages"
  | "log"
  | "tags"
  | "gaps"
  | "warnings"
  | "since"
  | "repeats"
  | "children";

export interface Section {
  kind: SectionKind;
  label: string;
  description: string;
  entries: Entry[];
}

/** More entries than this help nobody in a tree. */
const MOST_ENTRIES = 500;

export function sectionsOf({ run, children, script, since, repeats, cells, sources }: RunDetails): Section[] {
  const { snapshot } = run;
  const sections: (Section | undefined)[] = [
    since ? { kind: "since", label: `Since ${since.name}`, description: since.line, entries: [] } : undefined,
    counted("params", "Params", paramEntries(run)),
    counted("metrics", "Metrics", metricEntries(run, sources)),
    cells && cells.total > 0 ? cellSection(cells) : undefined,
    counted(
      "artifacts",
      "Artifacts",
      run.artifacts.map((file) => written(fileEntry("artifact", file, formatSize(file.size)))),
    ),
    codeSection(run, script),
    counted("data", "Data", [...snapshot.datasets.map(datasetEntry), ...snapshot.data.map(dataEntry)]),
    optional(
      counted(
        "config",
        "Config",
        snapshot.config.map((file) => fileEntry("config", { ...file, size: null }, "")),
      ),
    ),
    environmentSection(snapshot.environment),
    { kind: "log", label: "Log", description: run.logSize === 0 ? "empty" : formatSize(run.logSize), entries: [] },
    optional(counted("tags", "Tags", plainEntries(ownTags(run.tags)))),
    optional(counted("gaps", "Gaps", gapEntries(run))),
    optional(counted("warnings", "Warnings", run.warnings.map(warningEntry))),
    repeats ? repeatsSection(run, repeats) : undefined,
    children === 0 ? undefined : { kind: "children", label: "Child runs", description: String(children), entries: [] },
  ];
  return sections.filter((section) => section !== undefined);
}

const optional = (section: Section) => (section.entries.length > 0 ? section : undefined);

function counted(kind: SectionKind, label: string, entries: Entry[]): Section {
  const description = entries.length === 0 ? "none" : String(entries.length);
  if (entries.length <= MOST_ENTRIES) return { kind, label, description, entries };
  const left = entries.length - MOST_ENTRIES;
  const rest: FieldEntry = { kind: "field", key: "\0rest", label: `… and ${left} more`, value: "" };
  return { kind, label, description, entries: [...entries.slice(0, MOST_ENTRIES), rest] };
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

function plainEntries(values: Record<string, string>): Entry[] {
  return Object.entries(values)
    .toSorted(byName)
    .map(([key, value]) => ({ kind: "field", key, label: key, value }));
}

const paramEntries = (run: Run) => plainEntries(run.params);

/** What the run itself measured before what was measured of its process. */
function metricEntries(run: Run, sources: RunDetails["sources"] = {}): Entry[] {
  const system = (name: string) => /^system[./]/.test(name);
  return Object.entries(run.metrics)
    .toSorted((a, b) => Number(system(a[0])) - Number(system(b[0])) || byName(a, b))
    .map(([key, metric]) => ({
      kind: "field",
      key,
      label: key,
      value: describeMetric(metric),
      copy: String(metric.last),
      tooltip: metricTooltip(key, metric, sources[key]),
    }));
}

const CELL_ICONS: Record<CellStatus, [icon: string, color: string]> = {
  running: ["loading~spin", "charts.blue"],
  succeeded: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  cancelled: ["circle-slash", "charts.orange"],
};

/** In the order in which they ran. */
function cellSection({ cells, total }: CellPage): Section {
  const entries = cells.map(cellEntry);
  const left = total - cells.length;
  if (left > 0) entries.push({ kind: "field", key: "\0rest", label: `… and ${left} more`, value: "" });
  return { kind: "cells", label: "Cells", description: String(total), entries };
}

function cellEntry(cell: CellExecution): FieldEntry {
  const { ordinal, index, executionCount, status, title, error } = cell;
  const [icon, color] = CELL_ICONS[status];
  const count = executionCount === null ? "" : `[${executionCount}] `;
  const took = cellDuration(cell);
  const failure = error ? `${error.name}: ${error.message}` : "";
  const shown = cell.outputs.map(({ preview }) => preview).filter((preview) => preview !== "");
  return {
    kind: "field",
    key: String(ordinal),
    label: `${count}${title === "" ? "(empty)" : title}`,
    value: [took, failure].filter(Boolean).join(" · "),
    tooltip: [`${ordinal}. to run: cell ${index + 1}, ${status}, ${took}`, ...shown].join("\n\n"),
    copy: title,
    icon,
    color,
    cell: ordinal,
  };
}

function describeMetric({ last, min, max, count }: MetricSummary): string {
  if (count === 1) return formatNumber(last);
  return `${formatNumber(last)}  (min ${formatNumber(min)}, max ${formatNumber(max)})`;
}

function metricTooltip(key: string, metric: MetricSummary, sources: readonly string[] = []): string {
  const { last, min, max, count, lastStep } = metric;
  const told = sources.length > 0 ? `\nfrom ${sourceWords(sources)}` : "";
  return `${key}: last ${last} at step ${lastStep}\nmin ${min}, max ${max}, ${count} ${count === 1 ? "point" : "points"}${told}`;
}

interface HashedFile {
  path: string;
  sha256: string | null;
  size: number | null;
}

function fileEntry(kind: RecordedFile["kind"], { path, sha256, size }: HashedFile, description: string): FileEntry {
  return { kind: "file", key: `${kind}:${path}`, file: { kind, path, sha256, size }, description };
}

function dataEntry(file: DataFile): Entry {
  const isRead = file.role === "read";
  const entry = fileEntry("data", file, `${isRead ? "read" : "written"} · ${formatSize(file.size)}`);
  return { ...(isRead ? entry : written(entry)), key: `${file.role}:${file.path}` };
}

const written = (entry: FileEntry): FileEntry => ({ ...entry, file: { ...entry.file, written: true } });

/** A dataset's version is its first hex digits, as of git's commits. */
export const shortVersion = (version: string) => version.slice(0, 8);

function datasetEntry({ name, version, files, size, role }: RunDataset): Entry {
  const count = files === 1 ? "1 file" : `${files} files`;
  return {
    kind: "field",
    key: `\0${role}:${name}`,
    label: name,
    value: [role === "read" ? "" : "written", shortVersion(version), count, formatSize(size)]
      .filter(Boolean)
      .join(" · "),
    copy: version,
    tooltip: `Dataset ${name}, version ${version}`,
    icon: "database",
  };
}

function repeatsSection(run: Run, repeats: Repeats): Section {
  const entries = Object.entries(repeats.metrics)
    .toSorted(byName)
    .map(([key, spread]): Entry => {
      const { count, mean, deviation, min, max } = spread;
      const of = `the last values of ${count} runs with the same inputs`;
      return {
        kind: "field",
        key,
        label: key,
        value: `${spreadText(spread)}  (${count} ${count === 1 ? "run" : "runs"})`,
        copy: String(mean),
        tooltip: `${key}: mean ${mean}, standard deviation ${deviation} of ${of}\nmin ${min}, max ${max}`,
        icon: "graph-scatter",
      };
    });
  const description = repeatText(run, repeats, keyMetric(run, DEFAULT_VIEW.sort));
  return { kind: "repeats", label: "Repeats", description, entries };
}

function codeSection(run: Run, script: string | null): Section {
  const { code } = run.snapshot;
  const section = (description: string, entries: Entry[]): Section => ({
    kind: "code",
    label: "Code",
    description,
    entries,
  });
  if (code.commit === null) return section("not captured", []);
  const entries: Entry[] = [];
  if (script) entries.push(fileEntry("code", { path: script, sha256: null, size: null }, "the script as it ran"));
  if (code.branch)
    entries.push({ kind: "field", key: "branch", label: "Branch", value: code.branch, icon: "git-branch" });
  if (code.head) {
    entries.push({
      kind: "field",
      key: "head",
      label: "HEAD",
      value: code.head.slice(0, 10),
      tooltip: code.head,
      copy: code.head,
      icon: "git-commit",
    });
  }
  entries.push({
    kind: "field",
    key: "commit",
    label: "Snapshot",
    value: code.commit.slice(0, 10),
    copy: code.commit,
    tooltip: `Commit ${code.commit} keeps the code exactly as it ran, uncommitted and new files too.`,
    icon: "archive",
  });
  const state = code.dirty === null ? "" : code.dirty ? "uncommitted changes kept" : "as committed";
  const place = code.branch ?? code.head?.slice(0, 7) ?? "no git repository";
  return section([place, state].filter(Boolean).join(" · "), entries);
}

function environmentSection(environment: Environment | null): Section {
  if (!environment) return { kind: "environment", label: "Environment", description: "not captured", entries: [] };
  const field = (key: string, label: string, value: string | null, tooltip?: string): FieldEntry[] =>
    value ? [{ kind: "field", key, label, value, tooltip }] : [];
  const { python, executable, implementation, packages, imported, variables } = environment;
  const isUsual = implementation === null || implementation === "cpython";
  const interpreter = python && `${isUsual ? "Python" : implementation} ${python}`;
  const entries: Entry[] = [
    ...field("python", "Interpreter", interpreter, executable ?? undefined),
    ...field("platform", "Platform", environment.platform),
    ...field("cpu", "CPU", environment.cpu && `${environment.cpu} (${environment.cores} cores)`),
    ...field("memory", "Memory", environment.memory > 0 ? formatSize(environment.memory) : null),
    ...environment.gpus.flatMap((gpu, index) => field(`gpu${index}`, "GPU", gpu)),
    ...Object.entries(variables).map(
      ([name, value]): FieldEntry => ({ kind: "field", key: `$${name}`, label: name, value }),
    ),
    packageSection(
      "imported",
      "Imported packages",
      Object.fromEntries(imported.map((name) => [name, packages[name] ?? ""])),
    ),
    packageSection("packages", "All packages", packages),
  ];
  return { kind: "environment", label: "Environment", description: interpreter ?? environment.platform, entries };
}

const packageSection = (key: string, label: string, packages: Record<string, string>): Entry => ({
  kind: "section",
  key,
  section: counted("packages", label, plainEntries(packages)),
});

function gapEntries(run: Run): Entry[] {
  return run.gaps.map(({ kind, path, message }, index) => ({
    kind: "field",
    key: `${index}:${kind}:${path ?? ""}`,
    label: path ?? kind,
    value: message,
    tooltip: path ? `${path}\n${message}` : message,
    icon: "info",
  }));
}

function warningEntry(message: string, index: number): Entry {
  return { kind: "field", key: String(index), label: message, value: "", icon: "warning" };
}

/** How long the run took, or has taken so far. */
export function describeDuration({ startTime, endTime }: Pick<Run, "startTime" | "endTime">, now: number): string {
  return formatDuration((endTime ?? now) - startTime);
}
