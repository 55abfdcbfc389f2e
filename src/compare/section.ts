/** A part of a comparison as it is shown, whether in a terminal or in a document. */
export interface Section {
  /** E.g. "Params". */
  title: string;
  /** A word on all of it, e.g. "3 packages changed: numpy 1.26 → 2.0, +polars, -pandas"; may be empty. */
  headline: string;
  /** Names of the columns; empty where the rows speak for themselves, and a document can do with `titles`. */
  header: string[];
  titles: string[];
  rows: string[][];
  /** Whether all but the first column hold numbers. */
  hasNumbers: boolean;
  /** Sentences below the rows. */
  notes: string[];
}

export interface SectionOptions {
  /** What stands for each side, see `sideLabels`. */
  labels: readonly string[];
  /** Whether each side is a run: only runs have params, metrics and a command. */
  isRun: readonly boolean[];
  /** Rows of a section before the rest is only counted. */
  listed: number;
  /** Environments in full. */
  environment: boolean;
}

export function section(title: string, parts: Partial<Section>): Section {
  return { title, headline: "", header: [], titles: [], rows: [], hasNumbers: false, notes: [], ...parts };
}

/** The names of the rows; where some do not differ, those that do are marked. */
export function rowNames(entries: readonly { name: string; differs: boolean }[]): string[] {
  const isMixed = entries.some(({ differs }) => differs) && entries.some(({ differs }) => !differs);
  return entries.map(({ name, differs }) => (isMixed ? `${differs ? "≠" : " "} ${name}` : name));
}

/** The first rows, and how many are left out of `total`. */
export function firstRows(
  rows: readonly string[][],
  total: number,
  { listed }: SectionOptions,
): Pick<Section, "rows" | "notes"> {
  const shown = rows.slice(0, listed);
  const left = total - shown.length;
  return { rows: shown, notes: left > 0 ? [`and ${left} more`] : [] };
}
