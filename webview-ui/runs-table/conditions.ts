/** The conditions that a cell's value offers for the filter. */
import { nameInFilter, quoteInFilter } from "../../src/domain/query/grammar";
import type { ColumnKey } from "../../src/domain/table/columns";
import type { Value } from "./data";

export interface Offer {
  label: string;
  condition: string;
}

/** None for a column that filters cannot name. */
export function offersFor(column: ColumnKey, value: Value): Offer[] {
  const { aspect = "last" } = column;
  const name = aspect === "last" ? nameInFilter(column) : undefined;
  if (name === undefined) return [];
  const canBeMissing = column.source === "metric" || column.source === "param" || column.source === "tag";
  if (value === undefined) {
    if (!canBeMissing) return [];
    return [
      { label: "Only Runs Without a Value", condition: `${name} IS NULL` },
      { label: "Only Runs With a Value", condition: `${name} IS NOT NULL` },
    ];
  }
  if (typeof value === "number") return Number.isFinite(value) ? numberOffers(name, value) : [];
  const text = quoteInFilter(value);
  if (text === undefined) return [];
  return [
    { label: "Only Runs With This Value", condition: `${name} = ${text}` },
    { label: "Without This Value", condition: `${name} != ${text}` },
  ];
}

const numberOffers = (name: string, value: number): Offer[] => [
  { label: "Only This or More", condition: `${name} >= ${value}` },
  { label: "Only This or Less", condition: `${name} <= ${value}` },
  { label: "Only Runs With This Value", condition: `${name} = ${value}` },
];
