/** Whether a version may go on after its gates. */
import { UserError } from "../../domain/errors";
import { allPassed, type GateResult } from "../../domain/gate";

interface Override {
  /** Why it may go on though gates fail; undefined: it may not. */
  reason: string | undefined;
  /** Keeps which ones were passed over. */
  keep(failed: GateResult[], reason: string): void;
}

/** In words, how it passed. Throws UserError when it did not. */
export function letPass(version: number, results: readonly GateResult[], { reason, keep }: Override): string {
  if (results.length === 0) return "modeltrail.yaml names no gate for this model.";
  const failed = results.filter((result) => !allPassed([result]));
  if (failed.length === 0) return `${results.length} of ${results.length} passed or do not apply.`;
  const said = failed.map(({ gate, summary }) => `${gate}: ${summary}`).join("; ");
  if (reason === undefined) throw new UserError(`Version ${version} did not pass its gates. ${said}.`);
  keep(failed, reason);
  return `Passed over because of "${reason}": ${said}.`;
}
