/** What jobs may take, as the project's file says it. */
import * as z from "zod/mini";
import { Duration } from "./duration";
import type { JobLimits } from "./job";
import { Size } from "./size";

export const LimitSettings = z.strictObject({
  time: z.optional(Duration.check(z.describe("How long a job may run, such as 2h30m."))),
  memory: z.optional(Size.check(z.describe("Memory of all of a job's processes, such as 16GB."))),
  cost: z.optional(z.number().check(z.positive(), z.describe("What a job may cost, by costPerHour."))),
});
export type LimitSettings = z.infer<typeof LimitSettings>;

/** Limits as jobs have them. */
export function jobLimits({ time, memory, cost }: LimitSettings): JobLimits {
  return {
    ...(time === undefined ? {} : { seconds: time }),
    ...(memory === undefined ? {} : { memory }),
    ...(cost === undefined ? {} : { cost }),
  };
}
