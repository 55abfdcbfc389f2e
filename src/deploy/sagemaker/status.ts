/** How a deployment stands, as SageMaker says. */
import type { Served, ServedState } from "../../domain/deployment";
import { requireAccount } from "./account";
import { describeEndpoint, type EndpointState, type Place, readConfig, reasonOf } from "./endpoint";
import type { SageMakerHandle } from "./handle";
import { sameShape, versionOf } from "./names";

type Versions = Served["versions"];

export async function readStatus(place: Place, handle: SageMakerHandle, signal: AbortSignal): Promise<Served> {
  // It has no address that could be asked without a signature.
  const nothing = { endpoint: null, versions: [], traffic: null };
  try {
    const state = await describeEndpoint(place, signal);
    if (!state) {
      await requireAccount(place, handle, signal);
      return { state: "gone", detail: `SageMaker knows no endpoint ${place.endpoint} (any more).`, ...nothing };
    }
    const versions = await versionsOf(place, handle, state, signal);
    return { ...nothing, ...judge(state, handle, versions), versions };
  } catch (error) {
    return { state: "unreachable", detail: (error as Error).message, ...nothing };
  }
}

/** Those that answer, whoever brought them in. */
async function versionsOf(
  place: Place,
  { served }: SageMakerHandle,
  state: EndpointState,
  signal: AbortSignal,
): Promise<Versions> {
  const { ProductionVariants: all = [], ShadowProductionVariants: shadows = [], EndpointConfigName: config } = state;
  const known = new Map(served?.variants.map(({ name, version, role }) => [name, { version, role }]));
  if (config !== undefined && config !== served?.config) {
    const body = await readConfig(place, config, signal);
    for (const one of [...(body?.ProductionVariants ?? []), ...(body?.ShadowProductionVariants ?? [])]) {
      const version = versionOf(one.ModelName);
      if (version !== null) known.set(one.VariantName, { role: "challenger", ...known.get(one.VariantName), version });
    }
  }
  const sum = all.reduce((total, { CurrentWeight = 0 }) => total + CurrentWeight, 0);
  const isServing = state.EndpointStatus !== "Creating" && state.EndpointStatus !== "Failed";
  const most = [...all].sort((one, other) => (other.CurrentWeight ?? 0) - (one.CurrentWeight ?? 0))[0]?.VariantName;
  const isNamed = all.some(({ VariantName }) => known.get(VariantName)?.role === "champion");
  return [...all, ...shadows].flatMap((variant): Versions => {
    const { VariantName: name, CurrentWeight: weight = 0, CurrentInstanceCount: count } = variant;
    const found = known.get(name);
    if (!found) return [];
    const role = shadows.includes(variant) ? "shadow" : !isNamed && name === most ? "champion" : found.role;
    const percent = sum === 0 ? 0 : Math.min(100, Math.round((weight / sum) * 10_000) / 100);
    return [{ version: found.version, role, percent, ready: isServing && count !== 0 }];
  });
}

function judge(
  state: EndpointState,
  { served }: SageMakerHandle,
  versions: Versions,
): { state: ServedState; detail: string | null } {
  const { EndpointStatus: status, EndpointConfigName: config } = state;
  switch (status) {
    case "Creating":
      return { state: "starting", detail: "SageMaker brings it up, which takes some minutes." };
    case "Deleting":
      return { state: "down", detail: "It is being deleted." };
    case "OutOfService":
      return { state: "down", detail: `SageMaker has taken it out of service. ${reasonOf(state)}` };
    case "Failed":
      return { state: "down", detail: `SageMaker could not bring it up. ${reasonOf(state)} Deploy it again.` };
    case "RollingBack":
      return { state: "degraded", detail: "A change failed, and SageMaker goes back to what was served before." };
    case "UpdateRollbackFailed":
      return {
        state: "degraded",
        detail: `It serves a mix of old and new versions. ${reasonOf(state)} Deploy it again.`,
      };
  }
  // Their shares are told with them, whatever they were in the beginning.
  if (served === null || config === undefined || !sameShape(config, served.config)) {
    const change = status === "Updating" ? "It is just being changed." : "A change was begun and not ended.";
    return { state: "degraded", detail: `${change} Deploy it again when nobody is at it.` };
  }
  const missing = served.variants.filter(
    ({ version }) => !versions.some((one) => one.version === version && one.ready),
  );
  if (missing.length > 0) {
    return { state: "degraded", detail: `Version ${missing.map(({ version }) => version).join(", ")} is not served.` };
  }
  const isChanging = status === "Updating" || status === "SystemUpdating";
  return { state: "live", detail: isChanging ? "SageMaker is just changing it; it answers meanwhile." : null };
}
