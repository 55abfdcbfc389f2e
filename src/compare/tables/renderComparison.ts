/** A comparison of tables as people read it, in a terminal or a Markdown document. */
import { formatNumber, formatSize } from "../../domain/format";
import type { ColumnChange, ColumnDescription, RowChanges, TableComparison } from "../../domain/tableComparison";

export interface RenderOptions {
  /** Default "text". */
  style?: "text" | "markdown";
  /** Columns without any change too. */
  all?: boolean;
}

/** Ends with a line break. What is estimated has a "≈". */
export function renderTableComparison(comparison: TableComparison, options: RenderOptions = {}): string {
  const { before, after, rows, columns } = comparison;
  const isMarkdown = options.style === "markdown";
  const counts = [columns.filter((change) => change.before), columns.filter((change) => change.after)];
  const facts = [
    ["Rows", `${arrow(count(before.rows), count(after.rows))}${sentence(describeRows(rows))}`],
    ["Columns", `${arrow(count(counts[0]!.length), count(counts[1]!.length))}${sentence(describeColumns(columns))}`],
    ["Size", arrow(formatSize(before.bytes), formatSize(after.bytes))],
    ...(before.format === after.format ? [] : [["Format", arrow(before.format, after.format)]]),
    ...(rows.note === null ? [] : [["Note", rows.note]]),
    ...before.faults.map(({ message }) => ["Before", message]),
    ...after.faults.map(({ message }) => ["After", message]),
  ];
  const shown = columns
    .map((change) => [nameOf(change), typeOf(change), describeColumnChange(change)])
    .filter(([, , summary]) => options.all || summary !== "");
  if (isMarkdown) {
    const list = facts.map(([what, text]) => `- **${what}:** ${text}`);
    const table = shown.length === 0 ? [] : ["", ...markdownTable(["Column", "Type", "Change"], shown)];
    return [...list, ...table, ""].join("\n");
  }
  const table = shown.length === 0 ? [] : ["", ...alignedLines(shown)];
  return [...alignedLines(facts), ...table, ""].join("\n");
}

/** In one line what changed in a column; "" when nothing has. */
export function describeColumnChange({ kind, before, after, likeness, drift, changedRows }: ColumnChange): string {
  if (kind === "added" || kind === "removed") return [kind, ...valuesOf((after ?? before)!)].join("; ");
  const parts = kind === "renamed" ? [`renamed, as it seems (${percent(likeness!)} of the values are in both)`] : [];
  if (changedRows) parts.push(changedRows === 1 ? "1 row changed" : `${count(changedRows)} rows changed`);
  parts.push(...differences(before!, after!));
  // Sampling alone moves it a little.
  if (drift && drift.value >= 0.001)
    parts.push(`drift (PSI) ${formatNumber(round(drift.value))}, ${driftWord(drift.level)}`);
  return parts.join("; ");
}

/** What the two descriptions have that is not the same. */
function differences(before: ColumnDescription, after: ColumnDescription): string[] {
  const parts: string[] = [];
  if (before.missing !== after.missing) parts.push(`missing ${arrow(missing(before), missing(after))}`);
  const distinct = [before, after].map(distinctOf);
  const isEstimate = before.distinct.error > 0 || after.distinct.error > 0;
  // Two estimates of the same number differ.
  const margin = 3 * (before.distinct.error + after.distinct.error) * before.distinct.count;
  if (Math.abs(before.distinct.count - after.distinct.count) > (isEstimate ? margin : 0)) {
    parts.push(`distinct ${arrow(distinct[0]!, distinct[1]!)}`);
  }
  if (before.numbers && after.numbers) {
    const show = after.type === "time" ? showTime : formatNumber;
    for (const name of ["min", "max", "mean", "std"] as const) {
      const [from, to] = [before.numbers[name], after.numbers[name]];
      if (name === "std" && after.type === "time") continue;
      if (show(from) !== show(to)) parts.push(`${name} ${arrow(show(from), show(to))}`);
    }
  } else if (before.top && after.top) {
    const [from, to] = [mostFrequent(before), mostFrequent(after)];
    if (from !== undefined && to !== undefined && from !== to)
      parts.push(`most frequent ${arrow(quote(from), quote(to))}`);
  }
  return parts;
}

function valuesOf(column: ColumnDescription): string[] {
  const { numbers } = column;
  const show = column.type === "time" ? showTime : formatNumber;
  if (column.type === "empty") return ["no values"];
  const parts = [`${distinctOf(column)} distinct`];
  if (column.missing > 0) parts.push(`missing ${missing(column)}`);
  if (numbers) parts.push(`${show(numbers.min)} to ${show(numbers.max)}, mean ${show(numbers.mean)}`);
  const first = mostFrequent(column);
  if (!numbers && first !== undefined) parts.push(`most frequent ${quote(first)}`);
  return parts;
}

/** Undefined where every value is there once. */
function mostFrequent({ top }: ColumnDescription): string | undefined {
  return top?.values.find(({ count: times }) => times > 1)?.value;
}

function describeRows({ matchedBy, key, added, removed, changed, unchanged }: RowChanges): string {
  if (matchedBy === null) return "";
  const by = matchedBy === "key" ? `by ${quote(key!)}` : "by content";
  if (!added && !removed && !changed) return `all unchanged (matched ${by})`;
  const parts = Object.entries({ added, removed, changed, unchanged }).filter(([, some]) => some);
  return `${parts.map(([word, some]) => `${count(some!)} ${word}`).join(", ")} (matched ${by})`;
}

function describeColumns(columns: readonly ColumnChange[]): string {
  const kinds = ["added", "removed", "renamed"] as const;
  const parts = kinds.map((kind) => [kind, columns.filter((change) => change.kind === kind).length] as const);
  const types = columns.filter(({ typeChanged }) => typeChanged).length;
  return [...parts, ["of another type", types] as const]
    .filter(([, some]) => some > 0)
    .map(([word, some]) => `${count(some)} ${word}`)
    .join(", ");
}

function nameOf({ before, after }: ColumnChange): string {
  return arrow(visible((before ?? after)!.name), visible((after ?? before)!.name));
}

function typeOf({ before, after }: ColumnChange): string {
  return arrow((before ?? after)!.type, (after ?? before)!.type);
}

function distinctOf({ distinct }: ColumnDescription): string {
  return `${distinct.error > 0 ? "≈ " : ""}${count(distinct.count)}`;
}

function missing({ missing: some, count: present }: ColumnDescription): string {
  return some === 0 ? "0" : `${count(some)} (${percent(some / (some + present))})`;
}

function driftWord(level: "none" | "some" | "large"): string {
  return level === "none" ? "little" : level;
}

function arrow(from: string, to: string): string {
  return from === to ? from : `${from} → ${to}`;
}

function sentence(text: string): string {
  return text && `: ${text}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2).replace(/\.0$/, "")} %`;
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}

/** Control characters as escapes: a terminal would obey them. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function quote(text: string): string {
  return `"${visible(text.length > 40 ? `${text.slice(0, 39)}…` : text)}"`;
}

/** Without what is zero: "2024-02-29" or "2024-02-29 13:05:09". */
function showTime(ms: number): string {
  const date = new Date(Math.round(ms / 1000) * 1000);
  return Number.isNaN(date.getTime())
    ? formatNumber(ms)
    : date
        .toISOString()
        .slice(0, 19)
        .replace("T", " ")
        .replace(/ 00:00:00$/, "");
}

function alignedLines(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

function markdownTable(header: string[], rows: string[][]): string[] {
  const line = (row: string[]) => `| ${row.map(escapeMarkdown).join(" | ")} |`;
  return [line(header), `|${header.map(() => " --- |").join("")}`, ...rows.map(line)];
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, "\\$&").replace(/\r?\n/g, " ");
}
