/** How two versions of a dataset differ, as a document: its files, and inside of the tables among them. */
import { renderTableComparison } from "../../compare/tables/renderComparison";
import type { DatasetComparison } from "../../domain/datasetComparison";
import { formatSize } from "../../domain/format";
import { code, escapeMarkdown, markdownTable } from "../markdown";
import type { ComparedVersions } from "../worker/chores/api";

const right = (title: string) => ({ title, align: "right" as const });

/** Markdown. */
export function versionsReport(name: string, { comparison, tables, left }: ComparedVersions): string {
  const { before, after, counts, added, removed, changed, moved, complete } = comparison;
  const short = (version: string) => code(version.slice(0, 8));
  const rows = [
    ...changed.map(({ path, before: old, after: now }) => [code(path), "changed", sizes(old.size, now.size)]),
    ...added.map(({ path, size }) => [code(path), "added", formatSize(size)]),
    ...removed.map(({ path, size }) => [code(path), "removed", formatSize(size)]),
    ...moved.map(({ from, to, size }) => [code(to), `moved from ${code(from)}`, formatSize(size)]),
  ];
  const total = counts.added + counts.removed + counts.changed + counts.moved;
  return `${[
    `# ${escapeMarkdown(name)}`,
    `${short(before.version)} → ${short(after.version)}`,
    markdownTable(
      [{ title: "" }, right("Before"), right("After")],
      [
        ["Files", before.files.toLocaleString(), after.files.toLocaleString()],
        ["Size", formatSize(before.size), formatSize(after.size)],
      ],
    ),
    `**${summary(counts)}**`,
    markdownTable([{ title: "File" }, { title: "Change" }, right("Size")], rows),
    complete ? "" : `… and ${(total - rows.length).toLocaleString()} more.`,
    ...tables.map(({ path, comparison: table }) => {
      return `## ${escapeMarkdown(path)}\n\n${renderTableComparison(table, { style: "markdown" }).trimEnd()}`;
    }),
    left === 0
      ? ""
      : `${left.toLocaleString()} more ${left === 1 ? "table was" : "tables were"} not looked into: choose one below Changes in the Data view.`,
  ]
    .filter(Boolean)
    .join("\n\n")}\n`;
}

function summary({ added, removed, changed, moved, same }: DatasetComparison["counts"]): string {
  const parts = [
    [changed, "changed"],
    [added, "added"],
    [removed, "removed"],
    [moved, "moved"],
    [same, "the same"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString()} ${count === 1 ? "file" : "files"} ${word}`)
    .join(", ");
}

const sizes = (before: number, after: number) => [...new Set([formatSize(before), formatSize(after)])].join(" → ");
