/** What changing deployments needs, and who is asked and told on the way. */
import type { RolloutStepName } from "../../domain/deployment";
import type { Store } from "../../store/contract";
import type { AskTrust } from "../trust/trust";

export interface OperationContext {
  store: Store;
  /** Of this process. */
  env: NodeJS.ProcessEnv;
  /** Asked before a model runs code here, once for each source. */
  trust: AskTrust;
  onStep?(step: { name: RolloutStepName; state: string; detail: string }): void;
  signal: AbortSignal;
}
