/** Counts what is wrong in a table, and says it. */
import type { TableFault, TableFaultKind } from "../../../domain/tableComparison";

export class FaultLog {
  private readonly faults = new Map<TableFaultKind, { count: number; line: number | null; detail: string }>();

  /** `line` counts from 1; the first one is kept, as is the first `detail`: more about it, or a sentence of its own. */
  add(kind: TableFaultKind, line: number | null, detail = ""): void {
    const known = this.faults.get(kind);
    if (known) known.count++;
    else this.faults.set(kind, { count: 1, line, detail });
  }

  list(): TableFault[] {
    return [...this.faults].map(([kind, { count, line, detail }]) => ({
      kind,
      count,
      line,
      message: describe(
        kind,
        count,
        line === null ? "" : count === 1 ? ` (line ${line})` : ` (first in line ${line})`,
        detail,
      ),
    }));
  }
}

function describe(kind: TableFaultKind, count: number, where: string, detail: string): string {
  const of = (one: string, many: string) => `${count === 1 ? `1 ${one}` : `${count} ${many}`}${where}`;
  const rest = detail && ` ${detail}`;
  switch (kind) {
    case "encoding":
      return `${of("row has", "rows have")} bytes that are not UTF-8; they are shown as �.`;
    case "ragged":
      return `${of("row has", "rows have")} another number of fields than there are columns:${rest}. Missing ones are taken as empty, those too many are left out.`;
    case "quotes":
      return `${of("row has", "rows have")} text behind a closing quote; such fields are taken as they stand.`;
    case "unclosed-quote":
      return `${of("quote is", "quotes are")} opened but never closed; it is taken as an ordinary character.`;
    case "long-row":
      return `${of("row is", "rows are")} too long to be read (over 16 MiB) and left out.`;
    case "not-json":
      return `${of("line is", "lines are")} not JSON and left out.${rest}`;
    case "not-object":
      return `${of("line is", "lines are")} no JSON object and left out.`;
    case "too-many-columns":
      return `${of("column is", "columns are")} past the limit and left out.`;
    case "column-names":
      return `${of("column has", "columns have")} no name or that of another; they are numbered.`;
    case "empty":
      return "The file holds no rows.";
    case "truncated":
    case "damaged":
      return detail;
  }
}
