/** What a restore did, as a document. */
import { formatSize } from "../../domain/format";
import type { RestorePart, RestoreReport } from "../../domain/restore";
import { escapeMarkdown, markdownTable } from "../markdown";

const PART_NAMES: Record<RestorePart, string> = {
  code: "Code",
  data: "Data",
  config: "Config",
  artifacts: "Artifacts",
};

/** Markdown. `name`: of the run. */
export function restoreReport(name: string, report: RestoreReport): string {
  const { folder, written, problems, gaps, outside, exact, cancelled } = report;
  const parts = (Object.keys(PART_NAMES) as RestorePart[]).filter((part) => written[part].files > 0);
  const rows = parts.map((part) => [
    PART_NAMES[part],
    written[part].files.toLocaleString(),
    formatSize(written[part].bytes),
  ]);
  const verdict = cancelled
    ? "Cancelled: what is there is whole, file by file, but not all is there."
    : exact
      ? "Exact: the folder has what ran, byte for byte."
      : "Not exact: what is named below is not as the run had it.";
  return `${[
    `# ${escapeMarkdown(name)}, restored`,
    `In ${escapeMarkdown(folder)}`,
    `**${verdict}**`,
    markdownTable([{ title: "" }, { title: "Files", align: "right" }, { title: "Size", align: "right" }], rows),
    list(
      "Missing or different",
      problems.map(({ path, message }) => `${bold(path)}: ${escapeMarkdown(message)}`),
    ),
    list(
      "Not captured when it ran",
      gaps.map(({ path, message }) => (path ? `${bold(path)}: ${escapeMarkdown(message)}` : escapeMarkdown(message))),
    ),
    list(
      "Files from outside the project",
      outside.map(({ from, to }) => `${bold(from)} is now ${escapeMarkdown(to)}`),
    ),
  ]
    .filter(Boolean)
    .join("\n\n")}\n`;
}

const bold = (text: string) => `**${escapeMarkdown(text)}**`;
const list = (title: string, lines: string[]) =>
  lines.length === 0 ? "" : `## ${title}\n\n${lines.map((line) => `- ${line}`).join("\n")}`;
