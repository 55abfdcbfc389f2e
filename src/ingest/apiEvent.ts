/**
 * The lines that the Python package `modeltrail` writes (python/modeltrail), into a recorded run's spool or the user's
 * `modeltrail-log.jsonl`: docs/python.md. Unknown fields are dropped.
 */
import * as z from "zod/mini";

/** Ms since the epoch. */
const t = z.number();
const name = z.string().check(z.minLength(1));
/** JSON has no NaN and no infinities: those are texts. */
const number = z.union([
  z.number(),
  z.pipe(
    z.enum(["nan", "inf", "-inf"]),
    z.transform((text) => Number(text.replace("nan", "NaN").replace("inf", "Infinity"))),
  ),
]);

const EVENTS = {
  start: z.object({ e: z.literal("start"), t, format: z.int(), pid: z.int() }),
  log: z.object({ e: z.literal("log"), t, step: z.number(), values: z.record(name, number) }),
  params: z.object({ e: z.literal("params"), t, values: z.record(name, z.string()) }),
  /** `value` null takes the tag away. */
  tag: z.object({ e: z.literal("tag"), t, key: name, value: z.nullable(z.string()) }),
  /** A file, and what it was when it was logged. `name`: what to call it; absent: its path. */
  artifact: z.object({
    e: z.literal("artifact"),
    t,
    path: name,
    name: z.optional(name),
    /** Bytes. */
    size: z.int(),
    mtimeNs: z.string().check(z.regex(/^-?\d+$/)),
  }),
};
export type ApiEvent = { [E in keyof typeof EVENTS]: z.infer<(typeof EVENTS)[E]> }[keyof typeof EVENTS];

/** One line as an event; "unknown" for one of a newer package; "damaged" for anything else. Never throws. */
export function parseApiLine(line: string): ApiEvent | "unknown" | "damaged" {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "damaged";
  }
  const kind = typeof value === "object" && value !== null && "e" in value ? value.e : undefined;
  if (typeof kind !== "string") return "damaged";
  if (!Object.hasOwn(EVENTS, kind)) return "unknown";
  return EVENTS[kind as keyof typeof EVENTS].safeParse(value).data ?? "damaged";
}
