/** A comparison as a Markdown document: readable as it is, and as a page. */
import type { RunComparison } from "../domain/comparison";
import type { Section } from "./section";
import { type ComparisonText, describeComparison } from "./sections";
import { summarizeDifferences } from "./summary";

export interface DocumentOptions {
  /** Rows of a section before the rest is only counted. Default 200. */
  listed?: number;
  /** A time, ms since the epoch, as it is to be read. Default: date and time as the machine's user writes them. */
  when?(time: number): string;
}

const LISTED = 200;

/** Nothing of what users have named or written is taken for Markdown or HTML. */
export function comparisonDocument(comparison: RunComparison, options: DocumentOptions = {}): string {
  const { listed = LISTED, when = (time: number) => new Date(time).toLocaleString() } = options;
  const text = describeComparison(comparison, { listed, environment: true, when });
  const blocks = [
    `# ${comparison.sides.map(({ name }) => plain(name)).join(comparison.sides.length === 2 ? " → " : ", ")}`,
    plain(`Summary: ${summarizeDifferences(comparison)}.`),
    markdownTable(sidesHeader(text), text.sides),
    plain(text.note),
    ...text.sections.flatMap(sectionBlocks),
    ...(text.same.length > 0 ? ["## The same", plain(`${text.same.join(", ")}.`)] : []),
    ...(text.uncertain.length > 0
      ? ["## Uncertain", text.uncertain.map((doubt) => `- ${plain(doubt)}`).join("\n")]
      : []),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function sidesHeader({ sides }: ComparisonText): string[] {
  return sides[0]!.length === 3 ? ["", "Run", ""] : ["Run", ""];
}

function sectionBlocks({ title, headline, header, titles, rows, notes, hasNumbers }: Section): string[] {
  return [
    `## ${plain(title)}`,
    plain(headline),
    markdownTable(header.length > 0 ? header : titles, rows, hasNumbers),
    ...notes.map((note) => plain(note)),
  ];
}

/** Columns are padded, so that the text itself can be read; numbers stand at the right. Empty without rows. */
function markdownTable(header: readonly string[], rows: readonly (readonly string[])[], hasNumbers = false): string {
  if (rows.length === 0) return "";
  const columns = Array.from({ length: Math.max(header.length, ...rows.map((row) => row.length)) }, (_, at) => {
    const cells = [header, ...rows].map((row) => plain(row[at] ?? ""));
    const width = Math.max(3, ...cells.map((cell) => cell.length));
    return at > 0 && hasNumbers
      ? [...cells.map((cell) => cell.padStart(width)), `${"-".repeat(width - 1)}:`]
      : [...cells.map((cell) => cell.padEnd(width)), "-".repeat(width)];
  });
  const line = (at: number) => `| ${columns.map((column) => column[at]).join(" | ")} |`;
  return [line(0), line(rows.length + 1), ...rows.map((_, at) => line(at + 1))].join("\n");
}

/** Underscores and points within words mean nothing in Markdown, and are left as they are, so that paths can be read. */
function plain(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line
    .replaceAll(/[\\`*[\]|<>~&$]/g, "\\$&")
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/^([#+-]|\d+[.)])(?=\s|$)/, (mark) => mark.replace(/.$/, "\\$&"));
}
