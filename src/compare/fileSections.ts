/** Code, config and data as they are shown. */
import type {
  CodeChange,
  ComparedCode,
  ComparedConfig,
  ComparedFile,
  ComparedFiles,
  FileState,
  RunComparison,
} from "../domain/comparison";
import { formatSize } from "../domain/format";
import { count, cut, NONE } from "./cells";
import { changeText } from "./environmentSummary";
import { firstRows, type Section, type SectionOptions, section } from "./section";
import { byPath } from "./texts";

export function codeSection({ code }: RunComparison, options: SectionOptions): Section {
  const changed = new Map<string, (CodeChange | undefined)[]>();
  for (const [side, { changes }] of code.entries()) {
    for (const change of changes ?? []) {
      const row = changed.get(change.path) ?? new Array(code.length).fill(undefined);
      row[side] = change;
      changed.set(change.path, row);
    }
  }
  const paths = [...changed.keys()].map((path) => ({ path })).sort(byPath);
  const rows = paths.map(({ path }) => {
    const row = changed.get(path)!;
    return code.length === 2 ? pairRow(row[1]!) : [path, ...row.slice(1).map((change) => change?.kind ?? "")];
  });
  const header = code.length === 2 ? [] : [`from ${options.labels[0]} to`, ...options.labels.slice(1)];
  const { notes, ...shown } = firstRows(rows, rows.length, options);
  const headline = rows.length === 0 ? "" : count(rows.length, "file");
  return section("Code", {
    headline,
    header,
    titles: ["", "File"],
    ...shown,
    notes: [...notes, ...commitNote(code, rows.length > 0)],
  });
}

const pairRow = ({ kind, path, from }: CodeChange) => [kind, from === null ? path : `${from} → ${path}`];

/** Which of the user's commits the code stood on, where it is not the same one. */
function commitNote(code: readonly ComparedCode[], differs: boolean): string[] {
  const heads = code.map(({ head, branch }) => {
    if (head === null) return "no commit";
    return `${head.slice(0, 7)}${branch ? ` on ${branch}` : ""}`;
  });
  return differs && heads.some((head) => head !== heads[0]) ? [`Git: ${changeText(heads)}`] : [];
}

export function configSection({ config, params, sides }: RunComparison, options: SectionOptions): Section {
  const shown = new Set(params.map(({ name }) => name));
  const rows = config.map((file) => [file.path, configCell(file, shown, options.labels, sides.length === 2)]);
  return section("Config", { titles: ["File", "Difference"], ...firstRows(rows, rows.length, options) });
}

/** Keys that stand among the params are only named. */
function configCell(file: ComparedConfig, params: Set<string>, labels: readonly string[], isPair: boolean): string {
  if (!file.differs) return "same";
  const without = labels.filter((_, side) => file.hashes[side] === null);
  const keys = file.keys?.filter(({ differs }) => differs);
  const said = keys?.map(({ name, values }) => {
    const isParam = params.has(`${file.path}:${name}`) || params.has(name);
    return isParam ? name : `${name} ${changeText(values.map((value) => value && cut(value, 24)))}`;
  });
  const missing = without.length > 0 ? [`not read by ${without.join(", ")}`] : [];
  if (isPair && missing.length > 0) return missing[0]!;
  const difference = !said ? "differs" : said.length === 0 ? "only comments or layout differ" : said.join(", ");
  // Those that have it may have the same.
  const isSame = new Set(file.hashes.filter((hash) => hash !== null)).size < 2;
  return [...missing, ...(isSame ? [] : [difference])].join("; ");
}

export function dataSection({ data }: RunComparison, options: SectionOptions): Section {
  return filesSection(
    "Data",
    data,
    options.labels.map(() => true),
    options,
  );
}

export function outputsSection({ outputs }: RunComparison, options: SectionOptions): Section {
  return filesSection("Files written", outputs, options.isRun, options);
}

function filesSection(
  title: string,
  { counts, files }: ComparedFiles,
  can: readonly boolean[],
  options: SectionOptions,
): Section {
  // What is the same is only listed when all was asked for.
  const hasSame = files.some(({ kind }) => kind === "same");
  const total = Object.values(counts).reduce((sum, number) => sum + number, 0) - (hasSame ? 0 : counts.same);
  const isPair = options.labels.length === 2;
  const rows = files.map((file) => [
    file.kind === "unknown" ? "may differ" : file.kind,
    ...fileCells(file, isPair, can),
  ]);
  const header = isPair || rows.length === 0 ? [] : ["", "", ...options.labels];
  return section(title, {
    headline: filesText({ counts, files }),
    header,
    titles: ["", "File", "Size"],
    ...firstRows(rows, total, options),
  });
}

/** E.g. "2 changed, 1 moved, 1,201 the same"; empty when nothing differs. */
export function filesText({ counts }: ComparedFiles): string {
  const { same, unknown, ...others } = counts;
  const parts = (["changed", "added", "removed", "moved"] as const)
    .filter((kind) => others[kind] > 0)
    .map((kind) => `${others[kind]} ${kind}`);
  if (unknown > 0) parts.push(`${unknown} may differ`);
  return parts.length === 0 ? "" : [...parts, ...(same > 0 ? [`${same} the same`] : [])].join(", ");
}

function fileCells({ path, kind, files }: ComparedFile, isPair: boolean, can: readonly boolean[]): string[] {
  if (!isPair) return [path, ...files.map((file, side) => (can[side] ? stateCell(file) : ""))];
  const [before, after] = files;
  if (kind === "moved") return [`${before!.path} → ${after!.path}`, ""];
  if (!before || !after) return [path, formatSize((before ?? after)!.size)];
  if (kind === "unknown") return [path, "not hashed"];
  if (kind === "changed" && before.size === after.size) return [path, "same size, other content"];
  if (before.size === after.size) return [path, formatSize(before.size)];
  return [path, `${formatSize(before.size)} → ${formatSize(after.size)}`];
}

function stateCell(file: FileState | null): string {
  if (!file) return NONE;
  return file.sha256 === null ? "not hashed" : file.sha256.slice(0, 8);
}
