/** Markdown of what users have named and written. */

/**
 * Of plain texts. Columns are padded, so that the text itself can be read; numbers stand at the right. Empty without rows.
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  hasNumbers = false,
): string {
  if (rows.length === 0) return "";
  const columns = Array.from({ length: Math.max(header.length, ...rows.map((row) => row.length)) }, (_, at) => {
    const cells = [header, ...rows].map((row) => plainMarkdown(row[at] ?? ""));
    const width = Math.max(3, ...cells.map((cell) => cell.length));
    return at > 0 && hasNumbers
      ? [...cells.map((cell) => cell.padStart(width)), `${"-".repeat(width - 1)}:`]
      : [...cells.map((cell) => cell.padEnd(width)), "-".repeat(width)];
  });
  const line = (at: number) => `| ${columns.map((column) => column[at]).join(" | ")} |`;
  return [line(0), line(rows.length + 1), ...rows.map((_, at) => line(at + 1))].join("\n");
}

/**
 * As one line in which nothing is taken for Markdown or HTML. Underscores and points within words mean nothing in Markdown, and are left as they are, so that paths
 * can be read.
 */
export function plainMarkdown(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line
    .replaceAll(/[\\`*[\]|<>~&$]/g, "\\$&")
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/^([#+-]|\d+[.)])(?=\s|$)/, (mark) => mark.replace(/.$/, "\\$&"));
}
