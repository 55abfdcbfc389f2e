import { UserError } from "../domain/errors";

/** Says on standard error what went wrong. Returns the exit code for it. */
export function report(error: unknown): number {
  if (error instanceof UserError) console.error(`modeltrail: ${error.message}`);
  else
    console.error(`modeltrail: this is a fault of Modeltrail, please report it.\n${(error as Error)?.stack ?? error}`);
  return 1;
}
