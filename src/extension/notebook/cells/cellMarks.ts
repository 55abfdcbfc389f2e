/** What there is to say of a notebook's cells as they stand: whether what they show is what they would give now. */
import { cellDuration } from "../../../domain/cellDuration";
import type { LastCell, LastCells } from "../../../store/cells/contract";

/** A cell in the editor. */
export interface CellNow {
  id: string;
  index: number;
  /** SHA-256 of its text. */
  source: string;
}

/** `changed`: its text is another since it ran; `order`: a cell above it ran later; `session`: its kernel is gone. */
export type CellMark = "changed" | "order" | "session";

export interface MarkedCell {
  last: LastCell;
  marks: CellMark[];
  /** Number, as people count, of the first cell above that ran later; null without the mark "order". */
  laterAbove: number | null;
}

/** By the cells' ids; cells that never ran have nothing. */
export function markCells(cells: readonly CellNow[], { cells: lasts }: LastCells): Map<string, MarkedCell> {
  const byId = new Map(lasts.map((last) => [last.cellId, last]));
  const session = lasts[0]?.session;
  const marked = new Map<string, MarkedCell>();
  /** Of the cells above, in this session: the one that ran last. */
  let latest: { at: LastCell; index: number } | null = null;
  for (const { id, index, source } of [...cells].sort((a, b) => a.index - b.index)) {
    const last = byId.get(id);
    if (!last) continue;
    const isOfSession = last.session === session;
    const isBefore: boolean = isOfSession && latest !== null && isLater(latest.at, last);
    const marks: CellMark[] = [];
    if (last.source !== source) marks.push("changed");
    if (isBefore) marks.push("order");
    if (!isOfSession) marks.push("session");
    marked.set(id, { last, marks, laterAbove: isBefore ? latest!.index + 1 : null });
    if (isOfSession && (latest === null || isLater(last, latest.at))) latest = { at: last, index };
  }
  return marked;
}

function isLater(a: LastCell, b: LastCell): boolean {
  return a.run === b.run ? a.ordinal > b.ordinal : a.startTime > b.startTime;
}

/** How long it took, unless the editor shows that itself, and how often it ran: "1.2 s · ran 3 times". */
export function historyText(last: LastCell, showsTime: boolean): string {
  const { executions } = last;
  const times = executions === 1 ? "ran once" : `ran ${executions.toLocaleString()} times`;
  return showsTime ? times : `${cellDuration(last)} · ${times}`;
}
