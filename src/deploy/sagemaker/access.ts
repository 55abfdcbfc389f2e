/** Asking an endpoint of SageMaker: it signs callers in by IAM and lets through nothing but predictions. */
import { UserError } from "../../domain/errors";
import type { Access, Answer } from "../contract";
import { VARIANT } from "./aws";
import { describeEndpoint, type Place } from "./endpoint";
import type { Variant } from "./variants";

const TIMEOUT_MS = 120_000;
const JSON_TYPE = "application/json";

/** `variants`: those that can be asked by their versions, when there are several. */
export function accessEndpoint(place: Place, variants: readonly Variant[]): Access {
  const named = variants.length > 1 ? variants : [];
  return access(place, async ({ "x-modeltrail-version": wanted, ...headers }, body, signal) => {
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

type Headers = Record<string, string | undefined>;
type Predict = (headers: Headers, body: Buffer, signal: AbortSignal) => Promise<Answer>;

function access(place: Place, predict: Predict): Access {
  return {
    url: null,
    async request(path, { method, headers = {}, body = "", signal = AbortSignal.timeout(TIMEOUT_MS) } = {}) {
      if (path === "/ping" || path === "/health") return health(place, signal);
      if (path === "/invocations" && (method ?? "POST") === "POST") {
        return predict(lower(headers), Buffer.from(body), signal);
      }
      throw new UserError(
        `SageMaker lets only predictions through (POST /invocations), not ${method ?? "GET"} ${path}.`,
      );
    },
  };
}

function invoke(
  { aws, endpoint }: Place,
  variant: string | null,
  { "content-type": contentType = JSON_TYPE, accept = JSON_TYPE }: Headers,
  body: Buffer,
  signal: AbortSignal,
): Promise<Answer> {
  return aws.invoke({ endpoint, variant, contentType, accept, body }, { signal, what: "pass the request on" });
}

/** SageMaker asks the app itself, and has it in service only while that is well. */
async function health(place: Place, signal: AbortSignal) {
  const state = await describeEndpoint(place, signal);
  const status = state?.EndpointStatus ?? "not there";
  const isWell = state?.ProductionVariants !== undefined && !["Creating", "Failed", "OutOfService"].includes(status);
  return { status: isWell ? 200 : 503, headers: {}, body: Buffer.from(`It is ${status}.`) };
}

const lower = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
