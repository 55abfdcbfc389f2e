/** Which runs are selected: one more, or a range. */
import { useEffect, useState } from "react";
import { keepTable, keptTable } from "./extension";
import type { Line } from "./rows";
import type { Table } from "./useTable";

export interface Selection {
  ids: ReadonlySet<string>;
  /** Of those that are there and not filtered out, in the order of the table. */
  inOrder(): string[];
  toggle(place: number): void;
  /** From where the last one was chosen up to here. */
  extend(place: number): void;
  all(): void;
  clear(): void;
}

/** More are quicker selected again than kept with each click. */
const MOST_KEPT = 2_000;

export function useSelection({ data, lines, rows }: Table): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(() => new Set(keptTable()?.selected));
  // Behind another tab the page is gone, and comes back.
  useEffect(() => {
    keepTable({ selected: [...ids].slice(0, MOST_KEPT) });
  }, [ids]);
  const [anchor, setAnchor] = useState(0);

  /** A group stands for its runs. */
  const idsAt = (line: Line | undefined): string[] => {
    if (!line) return [];
    return line.kind === "run" ? [data.ids[line.row]!] : line.group.rows.map((row) => data.ids[row]!);
  };

  return {
    ids,
    inOrder: () => Array.from(rows, (row) => data.ids[row]!).filter((id) => ids.has(id)),
    toggle(place) {
      setAnchor(place);
      const here = idsAt(lines[place]);
      const isAll = here.every((id) => ids.has(id));
      setIds(new Set(isAll ? [...ids].filter((id) => !here.includes(id)) : [...ids, ...here]));
    },
    extend(place) {
      const [from, to] = [Math.min(anchor, place), Math.max(anchor, place)];
      setIds(new Set(lines.slice(from, to + 1).flatMap(idsAt)));
    },
    all: () => setIds(new Set(Array.from(rows, (row) => data.ids[row]!))),
    clear: () => setIds(new Set()),
  };
}
