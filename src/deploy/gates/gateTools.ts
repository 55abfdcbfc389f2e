/** What gates are run with in the product: bundles made of versions, and the Python that serves them here. */
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import type { Store } from "../../store/contract";
import { makeBundle } from "../bundle/makeBundle";
import { servingPython } from "../environment/servingPython";
import type { AskTrust } from "../trust/trust";
import type { GateTools } from "./runGates";

export interface GateToolsOptions extends Pick<DeploymentSettings, "environment"> {
  store: Store;
  env: NodeJS.ProcessEnv;
  trust: AskTrust;
  /** What is being done, in a sentence. */
  onStep(detail: string): void;
  signal: AbortSignal;
}

export function gateTools({ store, env, trust, onStep, signal, environment }: GateToolsOptions): GateTools {
  return {
    bundleOf: (version) => makeBundle(store, version, { env, trust, onStep, signal }),
    pythonOf: (bundle) => servingPython(store, bundle, { environment, env, onStep, signal }),
  };
}
