/** Calls described by schemas, so that both sides can check what arrives. */
import type * as z from "zod";
import type { Checks } from "./channel";

export type Contract = Record<string, { argument: z.ZodType; result: z.ZodType }>;

/** The methods that a contract describes. */
export type ApiOf<C extends Contract> = {
  [Name in keyof C]: (argument: z.infer<C[Name]["argument"]>) => z.infer<C[Name]["result"]>;
};

/** Arguments of our own methods and results of the other side's, each parsed by its schema. */
export function checksFor(own: Contract, other: Contract): Checks {
  return {
    argument: (method, value) => own[method]!.argument.parse(value),
    result: (method, value) => other[method]!.result.parse(value),
  };
}
