/** What the recorder and python/kernel/main.py say to each other, a JSON line each. */
import * as z from "zod";

export type BridgeRequest =
  | { op: "start"; env: Record<string, string>; cwd: string }
  /** One at a time: the next is asked for when `done` came. `silent`: no prompt number, nothing shown. `stdin`: it may ask. */
  | { op: "execute"; id: string; code: string; silent?: boolean; stdin?: boolean }
  | { op: "interrupt" }
  | { op: "input"; text: string }
  /** The kernel is asked to end, then made to; `stopped` follows, and another can be started. */
  | { op: "stop" };

/** Forms of one output by MIME type: text, base64 for binary ones, and whatever JSON has for JSON ones. */
const Data = z.record(z.string(), z.unknown());
export type MimeData = z.infer<typeof Data>;

/** The execution that an event is of; null for what belongs to none, such as the output of a thread that outlived many. */
const id = z.nullable(z.string());
const shown = { id, data: Data, metadata: Data, displayId: z.nullish(z.string()) };
const count = z.nullish(z.number().int());

export const BridgeEvent = z.discriminatedUnion("e", [
  z.object({ e: z.literal("ready"), pid: z.number().int(), version: z.string() }),
  z.object({ e: z.literal("began"), id, count }),
  z.object({ e: z.literal("stream"), id, name: z.enum(["stdout", "stderr"]), text: z.string() }),
  z.object({ e: z.literal("display"), ...shown }),
  z.object({ e: z.literal("result"), ...shown, count }),
  /** What was shown with this `displayId`, in any cell, is to be replaced. */
  z.object({ e: z.literal("update"), ...shown }),
  /** `wait`: when the next output comes. */
  z.object({ e: z.literal("clear"), id, wait: z.boolean() }),
  z.object({ e: z.literal("error"), id, name: z.string(), value: z.string(), traceback: z.array(z.string()) }),
  z.object({ e: z.literal("input"), id, prompt: z.string(), password: z.boolean() }),
  z.object({ e: z.literal("done"), id: z.string(), status: z.enum(["ok", "error", "aborted", "abort"]), count }),
  /** So many bytes of output came faster than they could be taken, or at once, and are gone. */
  z.object({ e: z.literal("cut"), id, bytes: z.number() }),
  /** The kernel ended without being asked. `started`: it had been ready; else `output` says why it never was. */
  z.object({
    e: z.literal("dead"),
    code: z.nullable(z.number().int()),
    signal: z.nullable(z.string()),
    output: z.string(),
    started: z.boolean(),
  }),
  z.object({ e: z.literal("stopped") }),
]);
export type BridgeEvent = z.infer<typeof BridgeEvent>;
export type KernelDeath = Extract<BridgeEvent, { e: "dead" }>;
