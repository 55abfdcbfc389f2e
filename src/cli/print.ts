/** How the command line shows things: aligned columns, and colour only where it is seen as colour. */

import { tellingMetric } from "../compare/keyMetric";
import { formatCommand, formatDuration, formatNumber } from "../domain/format";
import type { RunStatus, RunSummary } from "../domain/run";

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const;
export type Style = keyof typeof CODES;

/** See https://no-color.org. */
export function styled(text: string, style: Style): string {
  if (!process.stdout.isTTY || process.env.NO_COLOR) return text;
  return `\x1b[${CODES[style]}m${text}\x1b[0m`;
}

const STATUS_STYLES: Record<RunStatus, Style> = {
  running: "blue",
  finished: "green",
  failed: "red",
  killed: "yellow",
  lost: "yellow",
};

export function styledStatus(status: RunStatus): string {
  return styled(status, STATUS_STYLES[status]);
}

/** Rows with aligned columns, two spaces apart. The first row is the header. */
export function table(rows: string[][]): string {
  const [header, ...rest] = alignedLines(rows);
  return [styled(header!, "dim"), ...rest].join("\n");
}

/** A line for each row, with aligned columns, two spaces apart. */
export function alignedLines(rows: readonly string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell));
  }
  const padded = (cell: string, column: number) => cell + " ".repeat(widths[column]! - width(cell));
  return rows.map((row) => row.map(padded).join("  ").trimEnd());
}

/** Name and value pairs below each other, indented. */
export function pairs(entries: [name: string, value: string][]): string {
  const longest = Math.max(0, ...entries.map(([name]) => width(name)));
  return entries.map(([name, value]) => `  ${name}${" ".repeat(longest - width(name))}  ${value}`).join("\n");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
const COLOUR = /\x1b\[\d+m/g;

/** Number of columns on the screen. Wide characters count one too few; tables of such names are a little off. */
function width(text: string): number {
  return [...text.replace(COLOUR, "")].length;
}

/** One line whatever the name holds: line ends and control characters are shown as escapes. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced.
  return text.replace(/[\x00-\x1f\x7f]/g, (character) => JSON.stringify(character).slice(1, -1));
}

export function duration(run: Pick<RunSummary, "startTime" | "endTime">, now: number): string {
  return formatDuration((run.endTime ?? now) - run.startTime);
}

/** Metrics that the user's own code gave, as "accuracy=0.97"; those of the machine are left out. */
export function metricsInShort(run: RunSummary, most: number, wanted?: string): string {
  const names = Object.keys(run.metrics).filter((name) => !name.startsWith("system/"));
  const first = wanted !== undefined && run.metrics[wanted] ? wanted : tellingMetric(names);
  const chosen = [...(first === undefined ? [] : [first]), ...names.filter((name) => name !== first)].slice(0, most);
  return chosen.map((name) => `${oneLine(name)}=${formatNumber(run.metrics[name]!.last)}`).join(" ");
}

/** A command as one could type it: words with special characters in quotes. */
export const commandText = (command: readonly string[]) => formatCommand(command.map(oneLine));
