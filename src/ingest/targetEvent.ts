/**
 * What the agent on a target (python/agent) says in the spool besides the tracer: where the job is, what the machine is, what its
 * processes use and which files they left. Unknown fields are dropped.
 */
import * as z from "zod/mini";

/** Ms since the epoch, by the target's clock. */
const t = z.number();
const path = z.string().check(z.minLength(1));
const text = z.nullable(z.string());

/** As `Environment` of domain/run.ts, which is not loaded where a command waits for its recorder. */
const environment = z.object({
  python: text,
  executable: text,
  implementation: text,
  platform: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memory: z.number(),
  gpus: z.array(z.string()),
  packages: z.record(z.string(), z.string()),
  imported: z._default(z.array(z.string()), []),
  variables: z.record(z.string(), z.string()),
});

export const TARGET_EVENTS = {
  /** Before the command starts, and again when more is known, as of its interpreter: the last one holds. */
  host: z.object({
    e: z.literal("host"),
    t,
    /** The folder that holds the job's stage there, absolute and without links: `work/`. */
    root: path,
    /** The same folder by the name that the command was given, when that leads through links. */
    alias: z.optional(path),
    /** The home folder of its user. */
    home: z.optional(path),
    /** E.g. "gpu-box". */
    hostname: z.optional(z.string()),
    environment,
    /** Top-level modules by the distribution that brings them: "scikit-learn" → ["sklearn"]. */
    modules: z.optional(z.record(z.string(), z.array(z.string()))),
    /** Distributions that take their code from a folder, by that folder: "/home/me/lib" → "lib 1.0". */
    folders: z.optional(z.record(path, z.string())),
  }),
  /** What the processes of the job use now, as metrics `system/NAME`: cpu_percent, memory_mb, gpu_0_percent, gpu_0_memory_mb. */
  sample: z.object({ e: z.literal("sample"), t, step: z.int(), values: z.record(z.string(), z.number()) }),
  /**
   * At the end, for each file that the command read or wrote and that is still there; `mode`: "w" also when it did both. Large
   * files of the stage that are as they were sent may be left out.
   */
  file: z.object({
    e: z.literal("file"),
    t,
    path,
    mode: z.optional(z.enum(["r", "w"])),
    /** Null when it could not be hashed. */
    sha256: text,
    /** Bytes. */
    size: z.number(),
    mtimeNs: z.string().check(z.regex(/^-?\d+$/)),
  }),
};
