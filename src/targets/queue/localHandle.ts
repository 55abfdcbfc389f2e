import * as z from "zod/mini";

/** What is kept of a job on this machine: the GPUs that were given to it. */
export const LocalHandle = z.object({ gpus: z.array(z.string()) });
export type LocalHandle = { gpus: readonly string[] };
