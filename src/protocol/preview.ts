/** What can be shown of a file that a run wrote. */
import * as z from "zod";
import { Evaluation } from "../domain/evaluation/evaluation";

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

export const Preview = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["image", "audio", "video"]), mime: z.string(), bytes: Bytes }),
  /** `cut`: there is more than this. */
  z.object({ kind: z.enum(["text", "json", "html"]), text: z.string(), cut: z.boolean() }),
  z.object({
    kind: z.literal("table"),
    columns: z.array(z.string()),
    /** Null: missing. */
    rows: z.array(z.array(z.string().nullable())),
    cut: z.boolean(),
    /** What is wrong in the file. */
    faults: z.array(z.string()),
  }),
  z.object({ kind: z.literal("evaluation"), evaluation: Evaluation }),
  /** Nothing can: says why. */
  z.object({ kind: z.literal("none"), reason: z.string() }),
]);
export type Preview = z.infer<typeof Preview>;
