/** Asking what an endpoint of Vertex AI serves. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Access, Answer } from "../contract";
import { describeEndpoint, type Place } from "./endpoint";

/** How often an endpoint that shares its requests is asked for one version, and with what pause. */
const TRIES = 60;
const PACE_MS = 50;
const TIMEOUT_MS = 120_000;
/** The id of the deployed model that has answered. */
const ANSWERED_BY = "x-vertex-ai-deployed-model-id";

/** `wantedBy`: which deployed model is asked, by the request's headers; undefined: any. */
export function accessEndpoint(
  place: Place,
  endpoint: string,
  wantedBy: (headers: Readonly<Record<string, string>>) => string | undefined,
): Access {
  return {
    url: null,
    async request(path, { method = "POST", headers = {}, body = "", signal: given } = {}) {
      const signal = given ?? AbortSignal.timeout(TIMEOUT_MS);
      if (path === "/ping" || path === "/health") return health(place, endpoint, signal);
      if (path !== "/invocations" || method !== "POST") {
        throw new UserError(`Vertex AI lets only predictions through (POST /invocations), not ${method} ${path}.`);
      }
      const wanted = wantedBy(headers);
      const all = { "content-type": "application/json", ...headers };
      for (let left = TRIES; left > 0; left--) {
        const answer = await place.api.post(`endpoints/${endpoint}:rawPredict`, { headers: all, body, signal });
        const from = answer.headers[ANSWERED_BY];
        if (wanted === undefined || from === undefined || from === wanted) return answer;
        await wait(PACE_MS, undefined, { signal });
      }
      throw new UserError("Vertex AI gives it no requests: others have answered all that were sent.");
    },
  };
}

/** Vertex AI lets nobody ask for it, and deploys only what is well. */
async function health(place: Place, endpoint: string, signal: AbortSignal): Promise<Answer> {
  const state = await describeEndpoint(place, endpoint, signal);
  const isWell = state !== undefined && state.deployed.length > 0;
  return { status: isWell ? 200 : 503, headers: {}, body: Buffer.from(isWell ? "" : "Nothing is deployed.") };
}
