/** What an editor and `modeltrail kernel` say to each other, a JSON line each. When the editor's side ends, so does the kernel. */
import * as z from "zod";
import { Notebook, NotebookCell } from "../../domain/notebook";
import { BridgeEvent } from "./bridgeMessages";

export const KernelRequest = z.discriminatedUnion("op", [
  /** `id` names the execution from now on. `index`: the cell's place. `newRun`: it begins a run. */
  z.object({
    op: z.literal("execute"),
    id: z.string(),
    cell: NotebookCell,
    index: z.number().int(),
    newRun: z.boolean(),
    layout: Notebook,
  }),
  /** What waits is not executed any more, and what runs is interrupted. */
  z.object({ op: z.literal("interrupt") }),
  z.object({ op: z.literal("restart") }),
  z.object({ op: z.literal("input"), text: z.string() }),
  /** The run ends; the next execution begins another. */
  z.object({ op: z.literal("newRun") }),
  /** The notebook as it is now. */
  z.object({ op: z.literal("layout"), layout: Notebook }),
]);
export type KernelRequest = z.infer<typeof KernelRequest>;

export const KernelEvent = z.discriminatedUnion("k", [
  z.object({ k: z.literal("run"), id: z.string(), root: z.string() }),
  /** Ms since the epoch. */
  z.object({ k: z.literal("began"), id: z.string(), time: z.number() }),
  /** What the kernel said of an execution, bounded so that it can be shown. */
  z.object({ k: z.literal("shown"), id: z.string(), event: BridgeEvent }),
  z.object({
    k: z.literal("ended"),
    id: z.string(),
    status: z.enum(["succeeded", "failed", "cancelled"]),
    time: z.number(),
  }),
  /** The kernel is gone, not because it was asked to; `message` says how, for a person. */
  z.object({ k: z.literal("died"), message: z.string() }),
  /** Something that the user should know: the run is not recorded, say. */
  z.object({ k: z.literal("notice"), message: z.string() }),
]);
export type KernelEvent = z.infer<typeof KernelEvent>;
