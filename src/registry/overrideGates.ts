/** Going on although gates hold it back: with a reason, in the audit log. */
import { modelSubject } from "../domain/audit";
import { UserError } from "../domain/errors";
import { allPassed, type GateResult } from "../domain/gate";
import type { Store } from "../store/contract";

/** Notes the results that are passed over, all of one version. Throws UserError without a reason. */
export function overrideGates(store: Store, results: readonly GateResult[], reason: string): void {
  const passedOver = results.filter((result) => !allPassed([result]));
  const [first] = passedOver;
  if (!first) return;
  if (reason.trim() === "") throw new UserError("Say why the gates are passed over: the audit log keeps it.");
  const { model, version, step } = first;
  store.audit.add({
    action: "gate.override",
    subject: modelSubject(model, version),
    reason: reason.trim(),
    evidence: { step, ...shownResults(passedOver) },
  });
}

/** As they stand in the audit log. */
export const shownResults = (gates: readonly GateResult[]) => ({
  gates: gates.map(({ id, gate, kind, verdict, summary }) => ({ result: id, gate, kind, verdict, summary })),
});
