/** A comparison as a Markdown document: readable as it is, and as a page. */
import type { RunComparison } from "../domain/comparison";
import { markdownTable, plainMarkdown as plain } from "../domain/markdown";
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
