/**
 * What an editor tells the recorder of a notebook, and what that answers: objects of JSON, one a line, on its standard input
 * and output.
 */
import * as z from "zod";
import { CellError, CellOutputKind, CellStatus } from "../../domain/cells";
import { Notebook } from "../../domain/notebook";

/** `file`: written by the editor for the recorder to take. */
const OutputItem = z.union([
  z.object({ mime: z.string(), base64: z.string() }),
  z.object({ mime: z.string(), file: z.string() }),
]);

const Outputs = z.array(z.object({ kind: CellOutputKind, items: z.array(OutputItem) }));

/** Times are ms since the epoch. `key`: names an execution, until its end, as long as the recorder lives. */
export const FromEditor = z.discriminatedUnion("e", [
  /** What starts from now on belongs to a new run. */
  z.object({
    e: z.literal("begin"),
    notebook: z.string(),
    cwd: z.string(),
    session: z.string(),
    layout: Notebook,
    /** The kernel is going to have the tracer, which tells of its files. */
    attached: z.boolean(),
  }),
  z.object({ e: z.literal("layout"), layout: Notebook }),
  z.object({
    e: z.literal("start"),
    key: z.number(),
    cellId: z.string(),
    index: z.number(),
    language: z.string(),
    source: z.string(),
    tags: z.array(z.string()),
    executionCount: z.number().nullable(),
    startTime: z.number(),
  }),
  z.object({ e: z.literal("print"), key: z.number(), text: z.string() }),
  /** In place of what was said of its outputs before. */
  z.object({ e: z.literal("outputs"), key: z.number(), outputs: Outputs }),
  z.object({
    e: z.literal("end"),
    key: z.number(),
    status: CellStatus.exclude(["running"]),
    endTime: z.number(),
    executionCount: z.number().nullable(),
    error: CellError.nullable(),
  }),
  /** The kernel is gone, or the notebook is closed. */
  z.object({ e: z.literal("finish"), how: z.enum(["kernel-died", "boundary"]) }),
]);
export type FromEditor = z.infer<typeof FromEditor>;

export const FromRecorder = z.discriminatedUnion("e", [
  /** `variables`: the environment of the run, for a kernel that gets the tracer. */
  z.object({ e: z.literal("began"), id: z.string(), variables: z.record(z.string(), z.string()) }),
  z.object({ e: z.literal("ended"), id: z.string() }),
  /** Nothing is recorded; why, in words for the user. */
  z.object({ e: z.literal("refused"), message: z.string() }),
]);
export type FromRecorder = z.infer<typeof FromRecorder>;
