/** The place in a listing where its next page begins, as an opaque string. */
import * as z from "zod/mini";
import { UserError } from "../domain/errors";
import { AnyNumber, toJson } from "../domain/json";

const Cursor = z.object({
  /** The order it belongs to: a cursor of another listing would silently skip runs. */
  order: z.string(),
  /** Index of the phase, and the last run's value and number in it. */
  phase: z.int().check(z.minimum(0)),
  // Tagged, since a text may be "Infinity" as well.
  value: z.union([z.object({ number: AnyNumber }), z.object({ text: z.string() })]),
  seq: z.int(),
});

export interface Place {
  phase: number;
  value: string | number;
  seq: number;
}

export function writeCursor(order: string, { phase, value, seq }: Place): string {
  const tagged = typeof value === "number" ? { number: value } : { text: value };
  return Buffer.from(toJson({ order, phase, value: tagged, seq })).toString("base64url");
}

/** Throws UserError when the cursor is of another listing, or is none. */
export function readCursor(order: string, cursor: string): Place {
  const { data } = Cursor.safeParse(parse(Buffer.from(cursor, "base64url").toString()));
  if (data?.order !== order) {
    throw new UserError("The page asked for does not belong to this list of runs. Begin again with its first page.");
  }
  const { phase, value, seq } = data;
  return { phase, value: "number" in value ? value.number : value.text, seq };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
