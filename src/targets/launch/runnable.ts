/** What targets can run. */
import { UserError } from "../../domain/errors";

/** Throws UserError for what no target can run. */
export function assertRunnable([program = ""]: readonly string[], target: string): void {
  if (!/\.ipynb$/i.test(program)) return;
  throw new UserError(
    `Notebooks run on this machine only, not on ${target}. Have one run as a command there: jupyter nbconvert --to notebook --execute ${program}`,
  );
}
