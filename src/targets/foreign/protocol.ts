/**
 * How programs of others run jobs: docs/api.md. Each call is a process: one line of JSON on its standard input, and on its
 * standard output one line of JSON, or for `log` the log itself.
 */
import * as z from "zod/mini";

/** Raised when a program of before could not understand us, or we it. */
export const PROTOCOL_VERSION = 1;

export const METHODS = ["check", "submit", "status", "log", "cancel", "clean"] as const;
export type Method = (typeof METHODS)[number];

const Text = z.nullish(z.string());

export const Answer = z.union([
  z.object({ result: z.unknown() }),
  z.object({
    error: z.object({
      message: z.string(),
      /** It may pass: the same is asked again. */
      retry: z.optional(z.boolean()),
    }),
  }),
]);

export const CheckResult = z.array(z.object({ severity: z.enum(["error", "warning"]), message: z.string() }));

export const SubmitResult = z.object({ handle: z.record(z.string(), z.unknown()) });

export const StatusResult = z.discriminatedUnion("state", [
  z.object({ state: z.literal("waiting"), reason: Text }),
  z.object({ state: z.literal("running") }),
  z.object({
    state: z.literal("ended"),
    exitCode: z.nullish(z.number()),
    signal: Text,
    /** Ms since the epoch; default: now. */
    endTime: z.nullish(z.number()),
    reason: Text,
  }),
  z.object({ state: z.literal("gone"), reason: Text }),
]);
