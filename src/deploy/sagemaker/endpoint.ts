/** An endpoint of SageMaker: how it stands, and changing it. Each change takes minutes there, and cannot be stopped on its way. */
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { type Aws, isMissing, isPassing, isThere } from "./aws";
import { ConfigBody, nameOfConfig } from "./variants";

/** Ms between two looks, unless tests say otherwise. */
const PACE_MS = 5_000;
/** After that long, AWS itself has given up. */
const LONGEST_MS = 90 * 60_000;
/** A network that is away for so long, ms, ends no change that goes on without it. */
const AWAY_MS = 5 * 60_000;

export interface Place {
  aws: Aws;
  endpoint: string;
  /** Ms between two looks. */
  pace?: number | undefined;
}

const VariantState = z.object({
  VariantName: z.string(),
  CurrentWeight: z.optional(z.number()),
  CurrentInstanceCount: z.optional(z.int()),
  DesiredInstanceCount: z.optional(z.int()),
});
export type VariantState = z.infer<typeof VariantState>;

const EndpointState = z.object({
  EndpointStatus: z.string(),
  EndpointConfigName: z.optional(z.string()),
  FailureReason: z.optional(z.string()),
  ProductionVariants: z.optional(z.array(VariantState)),
  ShadowProductionVariants: z.optional(z.array(VariantState)),
});
export type EndpointState = z.infer<typeof EndpointState>;

/** Null: there is none of that name. */
export async function describeEndpoint({ aws, endpoint }: Place, signal: AbortSignal): Promise<EndpointState | null> {
  const options = { signal, what: `say how the endpoint ${endpoint} stands` };
  try {
    return EndpointState.parse(await aws.ask("sagemaker", "describe-endpoint", { EndpointName: endpoint }, options));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const UNDER_WAY = ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"];

/** Whether it is just being changed, and so takes no other change. */
export const isUnderWay = ({ EndpointStatus }: EndpointState): boolean => UNDER_WAY.includes(EndpointStatus);

export interface Waiting {
  signal: AbortSignal;
  /** Told of what AWS does when that is not what it was to do, or takes long. */
  onWait?(doing: string): void;
}

const EXPECTED = ["Creating", "Updating", "Deleting"];
const TELL_MS = 5 * 60_000;

/** As it stands when nothing is under way any more. */
export async function settled(place: Place, { signal, onWait }: Waiting): Promise<EndpointState | null> {
  const begin = Date.now();
  let said = "";
  let seen = 0;
  for (;;) {
    const state = await describeEndpoint(place, signal).catch((error) => {
      if (isPassing(error) && Date.now() - seen < AWAY_MS) return undefined;
      throw error;
    });
    if (state === null || (state && !isUnderWay(state))) return state;
    if (state) seen = Date.now();
    const minutes = Math.floor((Date.now() - begin) / TELL_MS) * (TELL_MS / 60_000);
    const status = state?.EndpointStatus ?? "AWS does not answer";
    const doing = minutes === 0 ? status : `${status}, for ${minutes} min`;
    if (doing !== said && !EXPECTED.includes(doing)) onWait?.(doing);
    said = doing;
    if (Date.now() - begin > LONGEST_MS) {
      throw new UserError(
        `The endpoint ${place.endpoint} was under way for more than ${minutes} minutes. Look at it in the console of SageMaker.`,
      );
    }
    await wait(place.pace ?? PACE_MS, undefined, { signal });
  }
}

/** Makes the configuration if there is none yet; its name. */
export async function keepConfig({ aws, endpoint }: Place, config: ConfigBody, signal: AbortSignal): Promise<string> {
  const name = nameOfConfig(endpoint, config);
  const options = { signal, what: "make the endpoint's configuration" };
  try {
    await aws.ask("sagemaker", "create-endpoint-config", { EndpointConfigName: name, ...config }, options);
  } catch (error) {
    // What has this name is the same.
    if (!isThere(error)) throw error;
  }
  return name;
}

/** Null: there is none of that name. */
export async function readConfig({ aws }: Place, name: string, signal: AbortSignal): Promise<ConfigBody | null> {
  const options = { signal, what: `show the configuration ${name}` };
  try {
    const input = { EndpointConfigName: name };
    return ConfigBody.parse(await aws.ask("sagemaker", "describe-endpoint-config", input, options));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Resolves when it is in service. Throws UserError with AWS's reason when it does not get there. */
export async function createEndpoint(place: Place, config: string, waiting: Waiting): Promise<EndpointState> {
  const { aws, endpoint } = place;
  const options = { signal: waiting.signal, what: `create the endpoint ${endpoint}` };
  await aws.ask("sagemaker", "create-endpoint", { EndpointName: endpoint, EndpointConfigName: config }, options);
  return inService(place, config, waiting);
}

export interface Guard {
  /** Names of CloudWatch's alarms. */
  alarms: readonly string[];
}

/** Likewise. What was served stays, and serves until the new one is in service; `guard`: SageMaker goes back by itself. */
export async function updateEndpoint(
  place: Place,
  config: string,
  { guard, ...waiting }: Waiting & { guard?: Guard | null },
): Promise<EndpointState> {
  const { aws, endpoint } = place;
  const options = { signal: waiting.signal, what: `change the endpoint ${endpoint}` };
  const input = { EndpointName: endpoint, EndpointConfigName: config, ...(guard ? guarded(guard) : {}) };
  await aws.ask("sagemaker", "update-endpoint", input, options);
  return inService(place, config, waiting);
}

/** Seconds that both fleets are kept when the new one has all requests: what alarms need to notice. */
const BAKE_SECONDS = 300;

const guarded = ({ alarms }: Guard) => ({
  DeploymentConfig: {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: BAKE_SECONDS },
      TerminationWaitInSeconds: 0,
    },
    AutoRollbackConfiguration: { Alarms: alarms.map((name) => ({ AlarmName: name })) },
  },
});

/** Shares requests otherwise, with what runs already. */
export async function setWeights(
  place: Place,
  weights: ReadonlyMap<string, number>,
  waiting: Waiting,
): Promise<EndpointState> {
  const { aws, endpoint } = place;
  const wanted = [...weights].map(([name, weight]) => ({ VariantName: name, DesiredWeight: weight }));
  const options = { signal: waiting.signal, what: "share the requests otherwise" };
  const input = { EndpointName: endpoint, DesiredWeightsAndCapacities: wanted };
  await aws.ask("sagemaker", "update-endpoint-weights-and-capacities", input, options);
  const state = await inService(place, null, waiting);
  if (isShared(state, weights)) return state;
  throw new UserError(`SageMaker shares the requests as before. ${reasonOf(state)}`);
}

/** Whether these are the weights of all that it has. (It keeps them as floats of 32 bits.) */
export function isShared(
  { ProductionVariants: all = [] }: EndpointState,
  weights: ReadonlyMap<string, number>,
): boolean {
  return all.every(({ VariantName: name, CurrentWeight = 0 }) => {
    return Math.fround(CurrentWeight) === Math.fround(weights.get(name) ?? 0);
  });
}

/** `config`: the one that it should have then; null: whichever it has. */
async function inService(place: Place, config: string | null, waiting: Waiting): Promise<EndpointState> {
  const state = await settled(place, waiting);
  if (!state) throw new UserError(`The endpoint ${place.endpoint} was deleted meanwhile, by somebody else.`);
  if (state.EndpointStatus !== "InService") {
    throw new UserError(`SageMaker did not bring it into service: it is ${state.EndpointStatus}. ${reasonOf(state)}`);
  }
  if (config !== null && state.EndpointConfigName !== config) {
    throw new UserError(`SageMaker has gone back to what was served before. ${reasonOf(state)}`);
  }
  return state;
}

export function reasonOf({ FailureReason }: EndpointState): string {
  return FailureReason ?? "It does not say why: look at the endpoint's log, in CloudWatch.";
}

/** Resolves when it is gone; no error when it was already. What is under way comes to its end first. */
export async function removeEndpoint(place: Place, signal: AbortSignal): Promise<void> {
  const state = await settled(place, { signal });
  if (!state) return;
  const { aws, endpoint } = place;
  const options = { signal, what: `delete the endpoint ${endpoint}` };
  await aws.ask("sagemaker", "delete-endpoint", { EndpointName: endpoint }, options).catch((error) => {
    if (!isMissing(error)) throw error;
  });
  await settled(place, { signal });
}
