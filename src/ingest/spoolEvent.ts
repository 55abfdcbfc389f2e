/** The events of the tracer's spool, one JSON line each. The wire format of python/tracer; unknown fields are dropped. */
import * as z from "zod/mini";
import { TARGET_EVENTS } from "./targetEvent";

/** Ms since the epoch. */
const t = z.number();
/** Absolute; see spoolPath.ts for names that are not valid UTF-8. */
const path = z.string().check(z.minLength(1));
const mode = z.enum(["r", "w", "rw"]);
/** Nanoseconds or an inode as decimal digits: they do not fit a JSON number. */
const digits = z.string().check(z.regex(/^-?\d+$/));

/** By their name, so that a line is checked against its own kind only: a union of them would first build them all. */
const EVENTS = {
  start: z.object({
    e: z.literal("start"),
    t,
    pid: z.int(),
    ppid: z.int(),
    argv: z.array(z.string()),
    executable: z.string(),
    /** E.g. "3.11.7". */
    version: z.string(),
    implementation: z.string(),
    prefix: z.string(),
    basePrefix: z.string(),
    cwd: z.string(),
    /** `sys.path`. */
    path: z.array(z.string()),
    /** RANK, LOCAL_RANK, WORLD_SIZE and the like, when the process is one of several. */
    rank: z.optional(z.record(z.string(), z.string())),
    /** The process came from a fork without exec. */
    fork: z.optional(z.boolean()),
    /** The process is a run that was started without a recorder. */
    adopt: z.optional(
      z.object({
        /** The command as its user knows it: without a debugger's own words. */
        command: z.array(z.string()),
        /** "terminal" or "debug". */
        source: z.string(),
        /** Whether its output goes to a terminal. */
        terminal: z.boolean(),
        /** The variables that runs remember. */
        variables: z.record(z.string(), z.string()),
      }),
    ),
  }),
  args: z.object({
    e: z.literal("args"),
    t,
    library: z.string(),
    prog: z.string(),
    values: z.record(z.string(), z.string()),
    defaults: z.record(z.string(), z.string()),
  }),
  /** A file was opened: once per path and mode and process. The stamp is that of the moment of opening. */
  open: z.object({
    e: z.literal("open"),
    t,
    path,
    mode,
    size: z.number(),
    mtimeNs: digits,
    ctimeNs: digits,
    ino: digits,
  }),
  /** So many more files of one folder were opened than are named one by one. */
  dir: z.object({ e: z.literal("dir"), t, path, mode, count: z.int() }),
  /** A source file of the project was imported or run. */
  module: z.object({ e: z.literal("module"), t, path }),
  /** A module from outside the project was imported, by its top-level name. */
  import: z.object({ e: z.literal("import"), t, name: z.string().check(z.minLength(1)) }),
  rename: z.object({ e: z.literal("rename"), t, from: path, to: path }),
  /** A program that is not Python was started: its files are not seen. */
  spawn: z.object({ e: z.literal("spawn"), t, argv0: z.string() }),
  /** What the run logged with MLflow to a server or store of the user's own. `run`: its id there. */
  mlflow: z.object({
    e: z.literal("mlflow"),
    t,
    run: z.string().check(z.minLength(1)),
    /** The run was made, at this time in ms since the epoch. */
    begun: z.optional(z.number()),
    name: z.optional(z.string()),
    /** Its parent's id there. */
    parent: z.optional(z.string()),
    /** `value` as Python writes a float. */
    metrics: z.optional(z.array(z.object({ key: z.string(), value: z.string(), step: z.number(), time: z.number() }))),
    params: z.optional(z.record(z.string(), z.string())),
    tags: z.optional(z.record(z.string(), z.string())),
    /** As MLflow names it. */
    status: z.optional(z.string()),
    ended: z.optional(z.number()),
  }),
  /** Python ends. Of a run without a recorder: what it knows of its end; neither when it was ended by SystemExit. */
  close: z.object({
    e: z.literal("close"),
    t,
    exitCode: z.optional(z.int()),
    /** The class of an exception that nobody caught. */
    exception: z.optional(z.string()),
  }),
  ...TARGET_EVENTS,
};
export type SpoolEventOf<E extends keyof typeof EVENTS> = z.infer<(typeof EVENTS)[E]>;
export type SpoolEvent = { [E in keyof typeof EVENTS]: SpoolEventOf<E> }[keyof typeof EVENTS];

/** One line as an event; "unknown" for an event of a newer tracer; "damaged" for anything else. Never throws. */
export function parseSpoolLine(line: string): SpoolEvent | "unknown" | "damaged" {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "damaged";
  }
  const name = typeof value === "object" && value !== null && "e" in value ? value.e : undefined;
  if (typeof name !== "string") return "damaged";
  if (!Object.hasOwn(EVENTS, name)) return "unknown";
  return EVENTS[name as keyof typeof EVENTS].safeParse(value).data ?? "damaged";
}
