/** Serving at Amazon SageMaker: an endpoint whose variants are versions, changed through Amazon's own command line program. */
import { CLOUD_TIMES } from "../cloud/times";
import type { ServingHandle, ServingTarget } from "../contract";
import type { MakeServing, ServingContext } from "../targets";
import { accessEndpoint } from "./access";
import { findAccount, requireAccount } from "./account";
import { applyPlan } from "./apply";
import { type Aws, type AwsSettings, findRegion, openAws } from "./aws";
import { checkPlan } from "./check";
import type { Place } from "./endpoint";
import { handleOf, SageMakerHandle } from "./handle";
import { readLog } from "./log";
import { removeAll } from "./remove";
import { readStatus } from "./status";
import type { SageMakerSettings } from "./variants";

export interface SageMakerOptions {
  /** Default: Amazon's own program. */
  open?(settings: AwsSettings): Aws;
  /** Ms between two looks at what goes on there. */
  pace?: number;
}

export const makeSageMakerServing: MakeServing<SageMakerSettings> = (name, settings, context) =>
  sagemakerServing(name, settings, context);

/** As `makeSageMakerServing`, with what tests need to say. */
export function sagemakerServing(
  name: string,
  settings: SageMakerSettings,
  { store, env }: ServingContext,
  { open = openAws, pace }: SageMakerOptions = {},
): ServingTarget {
  const { program, profile } = settings;
  const asked = { program, profile, region: settings.region ?? null, root: store.root, env };
  const placeOf = ({ endpoint, region }: SageMakerHandle): Place => ({
    aws: open({ ...asked, region }),
    endpoint,
    pace,
  });
  async function here(signal: AbortSignal) {
    const region = await findRegion(asked, signal);
    return { region, account: await findAccount(open({ ...asked, region }), signal) };
  }
  const found = (handle: ServingHandle) => {
    const known = SageMakerHandle.parse(handle);
    return { known, place: placeOf(known) };
  };

  return {
    ...{ name, kind: settings.kind, contract: "sagemaker" },
    ...{ splits: settings.serverless === undefined, shadows: settings.serverless === undefined },
    ...CLOUD_TIMES,

    check: (plan, signal) => checkPlan(open(asked), settings, plan, signal),

    async apply(plan, options) {
      const { handle: before, signal } = options;
      const at = before ? SageMakerHandle.parse(before) : await here(signal);
      const handle = handleOf(before, settings, plan.name, at);
      return applyPlan({ place: placeOf(handle), settings, handle }, plan, options);
    },

    status(handle, signal) {
      const { known, place } = found(handle);
      return readStatus(place, known, signal);
    },

    access(handle) {
      const { known, place } = found(handle);
      return accessEndpoint(place, known.served?.variants.filter(({ role }) => role !== "shadow") ?? []);
    },

    log: (handle, lines, signal) => readLog(found(handle).place, lines, signal),

    async undeploy(handle, signal) {
      const { known, place } = found(handle);
      await requireAccount(place, known, signal);
      await removeAll(place, known, signal);
    },
  };
}
