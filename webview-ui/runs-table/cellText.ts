/** How a cell reads. */
import { formatAgo, formatDuration } from "../../src/domain/format";
import type { ColumnKey } from "../../src/domain/table/columns";
import { exactNumber, showNumber, showText } from "../base/numbers";
import { DURATION } from "./columns";
import type { Value } from "./data";

const SHORT_HASH = 8;
const isHash = ({ source, key }: ColumnKey) =>
  source === "data" ||
  (source === "code" && (key === "head" || key === "commit")) ||
  (source === "run" && key === "inputs");
export const isTime = ({ source, key }: ColumnKey) => source === "run" && (key === "startTime" || key === "endTime");
export const isDuration = ({ source, key }: ColumnKey) => source === DURATION.source && key === DURATION.key;

/** As it stands in the cell. */
export function showValue(column: ColumnKey, value: Value, now: number): string {
  if (value === undefined) return "";
  if (typeof value === "string") return isHash(column) ? value.slice(0, SHORT_HASH) : showText(value);
  if (isTime(column)) return formatAgo(value, now);
  if (isDuration(column)) return formatDuration(value);
  if (column.source === "run" && column.key === "pinned") return value ? "pinned" : "";
  return showNumber(value);
}

/** Without anything left out: for copies and titles. */
export function exactValue(column: ColumnKey, value: Value): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (isTime(column)) return new Date(value).toISOString();
  if (isDuration(column)) return exactNumber(value / 1000);
  return exactNumber(value);
}
