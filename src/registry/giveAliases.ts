/** Aliases given by hand, without asking gates. */
import { modelSubject } from "../domain/audit";
import type { GateKind } from "../domain/gateSettings";
import type { Store } from "../store/contract";
import type { ModelVersion } from "../store/registry/contract";
import { checkAlias } from "./names";
import { CHAMPION } from "./resolveVersion";

/** Gates that would have to be asked before a version becomes champion, and why they are not. */
export interface PastGates {
  reason: string;
  gates: readonly { gate: string; kind: GateKind }[];
}

/** All in one transaction, and told as passing over gates where that is what it is. Throws UserError for what is no alias. */
export function giveAliases(
  { registry, audit }: Store,
  { model, version }: Pick<ModelVersion, "model" | "version">,
  aliases: readonly string[],
  past: PastGates | null = null,
): void {
  audit.act(
    () => {
      if (past !== null && aliases.includes(CHAMPION)) {
        const evidence = { step: "promote", gates: past.gates.map((gate) => ({ ...gate, verdict: "not asked" })) };
        audit.add({ action: "gate.override", subject: modelSubject(model, version), reason: past.reason, evidence });
      }
      for (const alias of aliases.map(checkAlias)) registry.setAlias(model, alias, version);
    },
    () => null,
  );
}
