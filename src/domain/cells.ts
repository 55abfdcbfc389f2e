/** What ran in a notebook, cell by cell, in the order in which it ran. */
import * as z from "zod";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `cancelled`: interrupted, or its kernel or recorder ended first. */
export const CellStatus = z.enum(["running", "succeeded", "failed", "cancelled"]);
export type CellStatus = z.infer<typeof CellStatus>;

/** One form of an output. Its bytes are an object of the store, unless they are too many. */
export const CellOutputItem = z.object({
  mime: z.string(),
  /** Bytes. */
  size: z.number().int().nonnegative(),
  sha256: Sha256,
  /** False: only size and hash are known. */
  kept: z.boolean(),
});
export type CellOutputItem = z.infer<typeof CellOutputItem>;

/** "stdout" and "stderr": text that was printed; "result": the value of the cell; "display": anything else shown. */
export const CellOutputKind = z.enum(["stdout", "stderr", "display", "result", "error"]);
export type CellOutputKind = z.infer<typeof CellOutputKind>;

export const CellOutput = z.object({
  kind: CellOutputKind,
  /** The same thing in different forms. */
  items: z.array(CellOutputItem),
  /** The beginning of its text, or what it is when it has none. */
  preview: z.string(),
});
export type CellOutput = z.infer<typeof CellOutput>;

export const CellError = z.object({
  name: z.string(),
  message: z.string(),
  /** As the kernel gave it, with colours; cut when it is long. */
  traceback: z.string(),
});
export type CellError = z.infer<typeof CellError>;

/** One execution of a cell. */
export const CellExecution = z.object({
  /** The how-manieth execution of the run it was, from 1. */
  ordinal: z.number().int().positive(),
  /** The notebook's own id of the cell, or one made for it. */
  cellId: z.string(),
  /** The cell's place in the notebook when it ran, from 0; cells of text count. */
  index: z.number().int().nonnegative(),
  /** What the kernel counts. */
  executionCount: z.number().int().nullable(),
  language: z.string(),
  /** The text that ran: SHA-256 of an object of the store. */
  source: Sha256,
  /** Bytes of that. */
  sourceSize: z.number().int().nonnegative(),
  /** Its first line that says something. */
  title: z.string(),
  /** Ms since the epoch. */
  startTime: z.number(),
  endTime: z.number().nullable(),
  status: CellStatus,
  error: CellError.nullable(),
  outputs: z.array(CellOutput),
  /** The same for all executions between two starts of the kernel, also when they are of several runs. */
  session: z.string(),
});
export type CellExecution = z.infer<typeof CellExecution>;

/** Objects of the store that an execution names. */
export function cellObjects({ source, sourceSize, outputs }: CellExecution): CellObject[] {
  const found: CellObject[] = [{ name: "source", sha256: source, size: sourceSize }];
  for (const [at, { items }] of outputs.entries()) {
    for (const [form, { sha256, size, kept }] of items.entries()) {
      if (kept) found.push({ name: `output:${at}.${form}`, sha256, size });
    }
  }
  return found;
}

/** `name`: which part of the execution it is. `size` in bytes. */
export interface CellObject {
  name: string;
  sha256: string;
  size: number;
}

const TITLE_LENGTH = 120;

/** The first line of a source that is neither blank nor only signs; "" when there is none. */
export function cellTitle(source: string): string {
  // Of a very long cell only the beginning is looked at.
  const lines = source.slice(0, 10_000).split("\n");
  const line = lines.find((one) => /[\p{L}\p{N}]/u.test(one)) ?? lines.find((one) => one.trim() !== "") ?? "";
  return line.trim().slice(0, TITLE_LENGTH);
}
