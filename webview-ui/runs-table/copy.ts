/** Rows as text for elsewhere. */

export const COPY_FORMATS = ["text", "csv", "markdown", "latex"] as const;
export type CopyFormat = (typeof COPY_FORMATS)[number];

/** A heading and rows of cells, each as wide as the heading. */
export interface CopiedTable {
  heading: readonly string[];
  rows: readonly (readonly string[])[];
}

export function writeTable({ heading, rows }: CopiedTable, format: CopyFormat): string {
  const all = [heading, ...rows];
  switch (format) {
    case "text":
      return lines(all.map((row) => row.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t")));
    case "csv":
      // RFC 4180, with the line ends of text files.
      return lines(all.map((row) => row.map(csvCell).join(",")));
    case "markdown": {
      const row = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(" | ")} |`;
      return lines([row(heading), `| ${heading.map(() => "---").join(" | ")} |`, ...rows.map(row)]);
    }
    case "latex":
      return lines([
        `\\begin{tabular}{${"l".repeat(heading.length)}}`,
        "\\hline",
        latexRow(heading),
        "\\hline",
        ...rows.map(latexRow),
        "\\hline",
        "\\end{tabular}",
      ]);
  }
}

const lines = (all: readonly string[]) => `${all.join("\n")}\n`;
const csvCell = (cell: string) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const markdownCell = (cell: string) => cell.replace(/[\\`*_{}[\]<>#|]/g, "\\$&").replace(/\s*[\r\n]+\s*/g, " ");
const latexRow = (cells: readonly string[]) => `${cells.map(latexCell).join(" & ")} \\\\`;

const LATEX: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "±": "$\\pm$",
  "∞": "$\\infty$",
};
const latexCell = (cell: string) =>
  cell.replace(/[\\~^±∞&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`).replace(/\s*[\r\n]+\s*/g, " ");
