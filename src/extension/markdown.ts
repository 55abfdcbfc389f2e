/** Markdown of what users named and wrote: nothing in it is taken for Markdown or HTML. */

export const escapeMarkdown = (text: string) =>
  text.replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, "\\$&").replace(/\r?\n/g, "  \n");

/** A fence longer than any run of backticks inside. */
export function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A path or a hash, in the font of code. What would end it, or the cell it stands in, is replaced. */
export const code = (text: string) => `\`${text.replace(/[`|\r\n]/g, "�")}\``;

/** One cell of a table, on one line. */
export const markdownCell = (text: string, longest: number) =>
  escapeMarkdown(shorten(text.replace(/\s+/g, " ").trim(), longest));

export interface Column {
  title: string;
  /** Numbers stand at the right. */
  align?: "left" | "right";
}

/** Cells are Markdown already. Empty when there are no rows. */
export function markdownTable(columns: Column[], rows: string[][]): string {
  if (rows.length === 0) return "";
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map(({ align }) => (align === "right" ? "--:" : ":--"));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join("\n");
}

export const shorten = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
