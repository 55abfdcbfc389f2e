/** A run at a glance, as Markdown. Names, notes and values are the user's: nothing in them is taken for Markdown or HTML. */
import { formatNumber } from "../../domain/format";
import type { RunSummary } from "../../domain/run";
import { ownTags } from "../../domain/tags";
import { joinWords } from "../../protocol/words";
import { codeBlock, escapeMarkdown, markdownCell, markdownTable, shorten } from "../markdown";
import { describeDuration } from "./sections";

const MOST_ROWS = 12;
const LONGEST_VALUE = 80;

export function runTooltip(run: RunSummary, now: number): string {
  const blocks = [
    `**${escapeMarkdown(run.name)}** — ${describeStatus(run)}`,
    run.note && escapeMarkdown(run.note),
    `${new Date(run.startTime).toLocaleString()} · ${describeDuration(run, now)}`,
    codeBlock(shorten(joinWords(withShortProgram(run.command)), 500), "sh"),
    table(
      "Metric",
      "Last",
      Object.entries(run.metrics)
        .filter(([name]) => !/^system[./]/.test(name))
        .map(([name, { last }]) => [name, formatNumber(last)]),
    ),
    table("Param", "Value", Object.entries(run.params)),
    describeTags(ownTags(run.tags)),
    describeShortcomings(run),
  ];
  return blocks.filter(Boolean).join("\n\n");
}

/** The program without its folder, which is mostly a long one; the environment has it in full. */
const withShortProgram = ([program = "", ...words]: string[]) => [program.replace(/^.*[\\/]/, ""), ...words];

export function describeStatus({
  status,
  exitCode,
  signal,
}: Pick<RunSummary, "status" | "exitCode" | "signal">): string {
  switch (status) {
    case "failed":
      return `failed with exit code ${exitCode ?? "?"}`;
    case "killed":
      return signal ? `ended by ${signal}` : "stopped";
    case "lost":
      return "lost: its recorder died, so nobody saw the end";
    default:
      return status;
  }
}

function table(name: string, value: string, rows: [string, string][]): string {
  if (rows.length === 0) return "";
  const sorted = rows.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST_ROWS);
  const lines = sorted.map((row) => row.map((text) => markdownCell(text, LONGEST_VALUE)));
  if (rows.length > MOST_ROWS) lines.push([`… ${rows.length - MOST_ROWS} more`, ""]);
  return markdownTable([{ title: name }, { title: value }], lines);
}

function describeTags(tags: RunSummary["tags"]): string {
  const entries = Object.entries(tags).map(([key, value]) => escapeMarkdown(shorten(`${key}=${value}`, LONGEST_VALUE)));
  return entries.length === 0 ? "" : `Tags: ${entries.join(", ")}`;
}

function describeShortcomings({ gaps, warnings }: RunSummary): string {
  const lines = [...gaps.map(({ path, message }) => (path ? `${path}: ${message}` : message)), ...warnings];
  const shown = lines.slice(0, 5).map((line) => `- ${escapeMarkdown(shorten(line, 200))}`);
  if (lines.length > shown.length) shown.push(`- … ${lines.length - shown.length} more`);
  return shown.length === 0 ? "" : `Not captured, or worth knowing:\n${shown.join("\n")}`;
}
