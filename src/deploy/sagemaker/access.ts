/** Asking an endpoint of SageMaker, which signs callers in by IAM. */
import { type CloudEndpoint, cloudAccess, type Headers } from "../cloud/access";
import type { Access, Answer } from "../contract";
import { VARIANT } from "./aws";
import { describeEndpoint, type Place } from "./endpoint";
import type { Variant } from "./variants";

/** `variants`: those that can be asked by their versions, when there are several. */
export function accessEndpoint(place: Place, variants: readonly Variant[]): Access {
  const named = variants.length > 1 ? variants : [];
  return access(place, async (headers, body, signal) => {
    const wanted = headers["x-modeltrail-version"];
    const variant = named.find(({ version }) => String(version) === wanted)?.name ?? null;
    const answer = await invoke(place, variant, headers, body, signal);
    const answering = variants.find(({ name }) => name === answer.headers[VARIANT]);
    if (!answering) return answer;
    return { ...answer, headers: { ...answer.headers, "x-modeltrail-version": String(answering.version) } };
  });
}

/** To one variant, also to one that gets no requests but those that name it; null: the only one. */
export function accessVariant(place: Place, variant: string | null): Access {
  return access(place, (headers, body, signal) => invoke(place, variant, headers, body, signal));
}

function access(place: Place, predict: CloudEndpoint["predict"]): Access {
  return cloudAccess({ cloud: "SageMaker", predict, findFault: (_headers, signal) => findFault(place, signal) });
}

function invoke(
  { aws, endpoint }: Place,
  variant: string | null,
  headers: Headers,
  body: string | Buffer,
  signal: AbortSignal,
): Promise<Answer> {
  const { "content-type": contentType = JSON_TYPE, accept = JSON_TYPE } = headers;
  const invocation = { endpoint, variant, contentType, accept, body: Buffer.from(body) };
  return aws.invoke(invocation, { signal, what: "pass the request on" });
}

const JSON_TYPE = "application/json";

/** SageMaker asks the app itself, and has it in service only while that is well. */
async function findFault(place: Place, signal: AbortSignal): Promise<string | null> {
  const state = await describeEndpoint(place, signal);
  const status = state?.EndpointStatus ?? "not there";
  const isWell = state?.ProductionVariants !== undefined && !["Creating", "Failed", "OutOfService"].includes(status);
  return isWell ? null : `It is ${status}.`;
}
