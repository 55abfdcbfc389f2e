/** JSON with the numbers that JSON has not: NaN and the infinities are written as strings, as MLflow's wire does. */
import * as z from "zod/mini";

/** `value` as JSON; NaN, Infinity and -Infinity become "NaN", "Infinity" and "-Infinity" instead of null. */
export function toJson(value: unknown, indent?: number): string {
  const replace = (_key: string, item: unknown) =>
    typeof item === "number" && !Number.isFinite(item) ? String(item) : item;
  return JSON.stringify(value, replace, indent);
}

/** Any number, not finite ones too, as a number or as `toJson` writes it. */
export const AnyNumber = z.union([
  z.custom<number>((value) => typeof value === "number", "a number"),
  z.pipe(z.enum(["NaN", "Infinity", "-Infinity"]), z.transform(Number)),
]);
