/** Promoting a version when the gates of modeltrail.yaml let it. */
import type { GateResult } from "../../domain/gate";
import { type Promoted, promote } from "../../registry/promote";
import type { ModelVersion } from "../../store/registry/contract";
import { gateTools } from "../gates/gateTools";
import { runGates } from "../gates/runGates";
import type { OperationContext } from "./context";

export interface PromoteOptions {
  /** Default: champion. */
  alias?: string | undefined;
  reason?: string | undefined;
  /** Why it is promoted although a gate holds it back. */
  override?: string | undefined;
  /** Told when a gate is begun, and what it found. */
  onStart?(gate: string): void;
  onResult?(result: GateResult): void;
}

/** Gives the version the alias. Throws UserError when gates hold it back and nothing overrides them. */
export function promoteVersion(
  { store, env, trust, signal }: Omit<OperationContext, "onStep">,
  version: ModelVersion,
  { onStart = () => {}, onResult = () => {}, ...options }: PromoteOptions,
): Promise<Promoted> {
  const tools = gateTools({ store, env, trust, onStep: onStart, signal });
  return promote(store, {
    version,
    ...options,
    gates: ({ model, version: number }) =>
      runGates(store, { model, version: number, step: "promote", signal, onStart, onResult }, tools),
  });
}
