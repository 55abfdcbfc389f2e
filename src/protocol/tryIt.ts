/**
 * The try-it page of a deployment: what it and the extension host say to each other, over `openChannel` with `checksFor`. The page
 * never speaks with the endpoint: the host does.
 *
 * 1. The page calls `load` as soon as it listens, and again on `changed`.
 * 2. `send` answers what the endpoint did, errors of the endpoint included; it fails only when the endpoint cannot be reached.
 */
import * as z from "zod";
import { InputColumn } from "../domain/bundle";
import type { Contract } from "./contract";

export const TryItContent = z.object({
  root: z.string(),
  name: z.string(),
  model: z.string(),
  target: z.string(),
  /** How it stands, in words, and whether that is well. */
  state: z.string(),
  isLive: z.boolean(),
  endpoint: z.string().nullable(),
  /** What it serves, in words: "version 3 · champion · 100 % of requests". */
  versions: z.array(z.string()),
  /** A body for /invocations as indented JSON; null: none is known. */
  sample: z.string().nullable(),
  /** Where it is from, in words: "rows of data/wine.csv"; null: that is not known. */
  sampleSource: z.string().nullable(),
  /** The columns of the champion's input; null: they are not known, or it takes tensors. */
  columns: z.array(InputColumn).nullable(),
});
export type TryItContent = z.infer<typeof TryItContent>;

export const TryAnswer = z.object({
  /** Of HTTP. */
  status: z.number(),
  /** From the first byte sent to the last received, ms. */
  duration: z.number(),
  /** Number of the version that answered; null: the endpoint does not tell. */
  version: z.string().nullable(),
  /** The beginning of it when `cut`. */
  body: z.string(),
  cut: z.boolean(),
});
export type TryAnswer = z.infer<typeof TryAnswer>;

/** One request that was sent, and what came of it. */
export const Try = z.object({
  number: z.number(),
  body: z.string(),
  answer: TryAnswer.optional(),
  /** Why there is no answer. */
  fault: z.string().optional(),
});
export type Try = z.infer<typeof Try>;

export const TryItState = z.object({
  root: z.string(),
  name: z.string(),
  /** The JSON that was being written; absent: the sample. */
  draft: z.string().optional(),
  /** What was tried, the newest first. */
  tries: z.array(Try).optional(),
});
export type TryItState = z.infer<typeof TryItState>;

/** What the page asks of the host. */
export const tryItHost = {
  load: { argument: z.object({}), result: TryItContent },
  send: { argument: z.object({ body: z.string() }), result: TryAnswer },
  /** Into the clipboard, with a variable in the place of a token. */
  copy: { argument: z.object({ as: z.enum(["curl", "python"]), body: z.string() }), result: z.void() },
  act: { argument: z.object({ action: z.enum(["show", "log"]) }), result: z.void() },
} satisfies Contract;

/** What the host tells the page. */
export const tryItPage = { changed: { argument: z.object({}), result: z.void() } } satisfies Contract;
