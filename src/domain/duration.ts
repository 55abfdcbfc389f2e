/** Durations as the project's file has them. */
import * as z from "zod/mini";
import { parseDuration } from "./parseDuration";

/** Seconds: a number, or a text like "2h30m". */
export const Duration = z.pipe(
  z
    .custom<string | number>((value) => (durationOf(value) ?? 0) > 0, 'is not a duration like "2h30m"')
    .check(z.meta({ type: ["string", "number"], examples: ["30m", "2h30m"] })),
  z.transform((value) => durationOf(value)!),
);

function durationOf(value: unknown): number | undefined {
  if (typeof value === "string") return parseDuration(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
