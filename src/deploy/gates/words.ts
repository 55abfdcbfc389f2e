/** Figures as gates tell them. */
import { formatNumber } from "../../domain/format";

/** A share as "4.2%": three digits at most. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return share > 0 ? "infinitely much" : String(share);
  return `${formatNumber(Number((100 * share).toPrecision(3)))}%`;
}

/** A p-value as "p 0.0021", and what is too small to tell as "p < 0.0001". */
export function probability(p: number): string {
  return p < 0.0001 ? "p < 0.0001" : `p ${formatNumber(Number(p.toPrecision(2)))}`;
}

/** Ms as "0.42 ms", three digits at most. */
export const milliseconds = (ms: number) => `${formatNumber(Number(ms.toPrecision(3)))} ms`;
