/** One request that a deployment answered, as its prediction log keeps it. */
import * as z from "zod/mini";
import { RouteRole } from "./deployment";

export const Prediction = z.object({
  /** 32 hexadecimal digits, the first 12 of which are the time: ids sort as their times do. */
  id: z.string(),
  /** When the request came, ms since the epoch. */
  time: z.number(),
  /** Of the version that answered. */
  role: RouteRole,
  model: z.string(),
  version: z.int(),
  /** The address that was asked, which tells the protocol: "/invocations". */
  path: z.string(),
  /** Of HTTP. */
  status: z.int(),
  /** Ms until the answer was there. */
  latency: z.number(),
  /** The bodies of request and answer, JSON or CSV, masked; null: not kept. */
  inputs: z.nullable(z.string()),
  outputs: z.nullable(z.string()),
  /** What callers gave to be sent to the same version always. */
  key: z.nullable(z.string()),
  /** Of a shadow's: the prediction that the caller got. */
  of: z.nullable(z.string()),
  /** What turned out to be right, told later: JSON. */
  label: z.nullable(z.string()),
  labelled: z.nullable(z.number()),
  /** What was done on the prediction, told later. */
  action: z.nullable(z.string()),
});
export type Prediction = z.infer<typeof Prediction>;

export type NewPrediction = Omit<Prediction, "label" | "labelled" | "action">;

/** What is told of a prediction afterwards; what is left out stays as it is. */
export const Feedback = z.strictObject({
  id: z.string().check(z.regex(/^[0-9a-f]{32}$/, "is no id of a prediction")),
  label: z.optional(z.unknown()),
  action: z.optional(z.string().check(z.maxLength(10_000))),
});
export type Feedback = z.infer<typeof Feedback>;
