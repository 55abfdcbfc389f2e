/** One value of one run. */
import { memo } from "react";
import { formatDuration } from "../../src/domain/format";
import type { ColumnKey } from "../../src/domain/table/columns";
import { showDifference } from "../base/numbers";
import { type Direction, heatOf, judge, quantity, type Span } from "./better";
import { exactValue, isDuration, showValue } from "./cellText";
import { START } from "./columns";
import type { TableData } from "./data";

export interface CellLook {
  direction: Direction;
  /** Where heat colouring is on, and there is something to colour. */
  span: Span | undefined;
}

export interface CellContentProps {
  data: TableData;
  column: ColumnKey;
  row: number;
  baseline: number | undefined;
  look: CellLook;
  now: number;
}

export function CellContent({ data, column, row, baseline, look, now }: CellContentProps) {
  const value = data.value(column, row);
  if (value === undefined && isDuration(column)) return <Elapsed data={data} row={row} now={now} />;
  if (column.source === "run" && column.key === "status") return <Status status={String(value ?? "")} />;
  const text = showValue(column, value, now);
  if (baseline === undefined || baseline === row) return text;
  return (
    <>
      {text}
      <Difference data={data} column={column} row={row} baseline={baseline} direction={look.direction} />
    </>
  );
}

/** How long a run that is running has taken, when the page was drawn. */
function Elapsed({ data, row, now }: Pick<CellContentProps, "data" | "row" | "now">) {
  const start = data.value(START, row);
  const isRunning = data.value({ source: "run", key: "status" }, row) === "running";
  return isRunning && typeof start === "number" ? <>{formatDuration(now - start)}…</> : null;
}

const Status = memo(({ status }: { status: string }) => (
  <>
    <span className="dot" data-status={status} aria-hidden="true" />
    {status}
  </>
));

interface DifferenceProps extends Omit<CellContentProps, "look" | "now" | "baseline"> {
  baseline: number;
  direction: Direction;
}

const WORDS = { better: "better than the baseline", worse: "worse than the baseline" } as const;

function Difference({ data, column, row, baseline, direction }: DifferenceProps) {
  if (column.source !== "metric" && column.source !== "param" && !isDuration(column)) return null;
  const [value, other] = [quantity(data, column, row), quantity(data, column, baseline)];
  if (value === undefined || other === undefined || value === other || isDuration(column)) return null;
  const difference = value - other;
  if (Number.isNaN(difference)) return null;
  const verdict = judge(value, other, direction);
  const word = verdict === "better" || verdict === "worse" ? WORDS[verdict] : undefined;
  return (
    <span className="difference" data-verdict={verdict}>
      {verdict === "better" && <span aria-hidden="true">▲</span>}
      {verdict === "worse" && <span aria-hidden="true">▼</span>}
      {showDifference(difference)}
      {word && <span className="unseen">, {word}</span>}
    </span>
  );
}

/** Whether the cell has another value than the baseline, where that is told by its ground alone. */
export function isOther({
  data,
  column,
  row,
  baseline,
}: Pick<CellContentProps, "data" | "column" | "row" | "baseline">) {
  if (baseline === undefined || baseline === row || column.source === "run" || column.source === "metric") return false;
  return !Object.is(data.value(column, row), data.value(column, baseline));
}

/** Percent of the colour that the cell is filled with. */
export function heatPercent(props: Pick<CellContentProps, "data" | "column" | "row" | "look">): number | undefined {
  const { data, column, row, look } = props;
  const value = look.span && quantity(data, column, row);
  if (value === undefined || !look.span) return undefined;
  const heat = heatOf(value, look.span, look.direction);
  return heat === undefined ? undefined : Math.round(heat * 45);
}

/** What the title of the cell says: the value with nothing left out, where it is not all to be seen. */
export function titleOfCell({ data, column, row }: Pick<CellContentProps, "data" | "column" | "row">) {
  const exact = exactValue(column, data.value(column, row));
  return exact.length > 2000 ? `${exact.slice(0, 2000)}…` : exact || undefined;
}
