/** What rollouts are made with in the product: gates, bundles, the compatibility check. */
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import { overrideGates } from "../../registry/overrideGates";
import type { ModelVersion } from "../../store/registry/contract";
import { openBundle } from "../bundle/bundleFolder";
import { makeBundle } from "../bundle/makeBundle";
import { checkCompatibility } from "../compatibility/checkCompatibility";
import { servingPython } from "../environment/servingPython";
import { gateTools } from "../gates/gateTools";
import { runGates } from "../gates/runGates";
import type { RolloutTools, WantedRoute } from "../rollout/rollOut";
import { openServingTarget } from "../targets";
import { deploymentToken } from "../token";
import { requireTrust } from "../trust/trust";
import type { OperationContext } from "./context";

/** `name`: the deployment's. */
export async function makeTools(
  context: OperationContext,
  name: string,
  settings: DeploymentSettings,
): Promise<RolloutTools> {
  const { store, env, trust, onStep } = context;
  const target = await openServingTarget(settings.target, { store, env });
  const make = (version: ModelVersion, onProgress: (line: string) => void, signal: AbortSignal) =>
    makeBundle(store, version, { env, trust, onStep: onProgress, signal });
  const versionOf = ({ model, version }: Pick<WantedRoute, "model" | "version">): ModelVersion => {
    const found = store.registry.version(model, version);
    if (found) return found;
    throw new UserError(`There is no version ${version} of ${model} any more: it was deleted.`);
  };
  return {
    store,
    target,
    actor: store.audit.actor(),
    tokenOf: ({ token }) => (token ? deploymentToken(store.folder, name) : null),
    async bundle(route, onProgress, signal) {
      // Of what was served long ago the bundle may be gone: the version's files are not.
      const kept = route.bundle ? await openBundle(store.folder, route.bundle).catch(() => null) : null;
      if (!kept) return make(versionOf(route), onProgress, signal);
      // The store may have come from elsewhere since, with its bundles.
      if (kept.manifest.executesCode) await requireTrust(store, versionOf(route), trust);
      return kept;
    },
    openBundle: (route) => openBundle(store.folder, route.bundle),
    gates: ({ model, version }, bundle, signal) =>
      runGates(
        store,
        { model, version, step: "deploy", names: settings.gates, signal },
        {
          ...gateTools({ store, env, trust, onStep: () => {}, signal, environment: settings.environment }),
          // That of the version itself is shown as a step of its own.
          bundleOf: (other) => (other.version === version ? bundle() : make(other, () => {}, signal)),
        },
      ),
    override: (results, reason) => overrideGates(store, results, reason),
    compatibility: async (bundle, onProgress, signal) => {
      const options = { environment: settings.environment, env, onStep: onProgress, signal };
      const python = await servingPython(store, bundle, options);
      return checkCompatibility(bundle, target.contract, python, signal);
    },
    ...(onStep ? { onStep } : {}),
  };
}
