/** Counts what is wrong in a table, and says it. */
import type { TableFault, TableFaultKind } from "../../../domain/tableComparison";
import { MOST_COLUMNS } from "../limits";

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
      message: describe(kind, count, line === null ? "" : ` (${count === 1 ? "" : "first in "}line ${line})`, detail),
    }));
  }
}

function describe(kind: TableFaultKind, count: number, where: string, detail: string): string {
  const of = (noun: string, is: string, are: string) => {
    return count === 1 ? `1 ${noun}${where} ${is}` : `${count} ${noun}s${where} ${are}`;
  };
  switch (kind) {
    case "encoding":
      return `${of("row", "has", "have")} bytes that are not UTF-8; they are shown as �.`;
    case "ragged":
      return `${of("row", "has", "have")} too few or too many fields (${detail}): missing ones count as empty, others are left out.`;
    case "quotes":
      return `${of("row", "has", "have")} text behind a closing quote; such fields are taken as they stand.`;
    case "unclosed-quote":
      return `${of("quote", "is", "are")} opened but never closed, and taken as an ordinary character.`;
    case "long-row":
      return `${of("row", "is", "are")} longer than 16 MiB and left out.`;
    case "not-json":
      return `${of("line", "is", "are")} not JSON and left out. ${detail}`;
    case "not-object":
      return `${of("line", "is", "are")} JSON but no object, and left out.`;
    case "too-many-columns":
      return `${of("value", "is", "are")} beyond the ${MOST_COLUMNS} columns that are read, and left out.`;
    case "column-names":
      return `${of("column", "has", "have")} no name of its own; it is numbered.`;
    case "empty":
      return "The file holds no rows.";
    case "truncated":
    case "damaged":
      return detail;
  }
}
