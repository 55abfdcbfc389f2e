/** Asking what an endpoint of Azure ML serves: at its address, with its key, as callers do. */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { cloudAccess, type Headers } from "../cloud/access";
import { send } from "../cloud/send";
import type { Access, Answer } from "../contract";
import { ask, type Workspace } from "./az";
import { describeEndpoint, SUCCEEDED } from "./endpoint";

const Credentials = z.object({ primaryKey: z.string() });
const UNAUTHORIZED = 401;
/** Azure says so of what a model answers with another status than 200, and tells that beside. */
const MODEL_ERROR = 424;
const MODEL_STATUS = "ms-azureml-model-error-statuscode";
/** Asks one deployment, whatever its share. */
const DEPLOYMENT = "azureml-model-deployment";

export interface AccessedEndpoint {
  place: Workspace;
  endpoint: string;
  url: string | null;
  findKey: FindKey;
  /** Which deployment is asked, by the request's headers; undefined: by their shares. */
  wantedBy(headers: Headers): string | undefined;
}

/** `isRefused`: the one that was known is not taken any more. */
export type FindKey = (
  place: Workspace,
  endpoint: string,
  options: { isRefused: boolean; signal: AbortSignal },
) => Promise<string>;

/** Kept here and nowhere else, by endpoint. */
export function keys(): FindKey {
  const known = new Map<string, string>();
  return async (place, endpoint, { isRefused, signal }) => {
    const kept = isRefused ? undefined : known.get(endpoint);
    if (kept !== undefined) return kept;
    const words = ["online-endpoint", "get-credentials", "--name", endpoint];
    const { primaryKey } = Credentials.parse(await ask(place, words, "give the endpoint's key", signal));
    known.set(endpoint, primaryKey);
    return primaryKey;
  };
}

export function accessEndpoint({ place, endpoint, url, findKey, wantedBy }: AccessedEndpoint): Access {
  return cloudAccess({
    cloud: "Azure ML",
    async predict(headers, body, signal) {
      if (url === null) throw new UserError("This endpoint has no address yet.");
      const wanted = wantedBy(headers);
      const all = { ...headers, ...(wanted === undefined ? {} : { [DEPLOYMENT]: wanted }) };
      const ask = async (isRefused: boolean) => {
        const authorization = `Bearer ${await findKey(place, endpoint, { isRefused, signal })}`;
        return send(new URL(url), { method: "POST", headers: { ...all, authorization }, body, signal });
      };
      const answer = await ask(false);
      return statusOf(answer.status === UNAUTHORIZED ? await ask(true) : answer);
    },
    /** Nobody is let through to ask for it: it is as well as Azure says. */
    async findFault(headers, signal) {
      const wanted = wantedBy(headers);
      const state = await describeEndpoint(place, endpoint, signal);
      const asked = wanted === undefined ? Object.keys(state?.traffic ?? {}) : [wanted];
      const isWell = asked.length > 0 && asked.every((name) => state?.deployments.get(name) === SUCCEEDED);
      return isWell ? null : "It is not up.";
    },
  });
}

/** As the model itself has answered. */
function statusOf(answer: Answer): Answer {
  const own = Number(answer.headers[MODEL_STATUS]);
  return answer.status === MODEL_ERROR && own ? { ...answer, status: own } : answer;
}
