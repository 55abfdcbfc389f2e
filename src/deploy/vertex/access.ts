/** Asking what an endpoint of Vertex AI serves. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { cloudAccess, type Headers } from "../cloud/access";
import type { Access } from "../contract";
import { describeEndpoint, type Place } from "./endpoint";

/** How often an endpoint that shares its requests is asked for one version, and with what pause. */
const TRIES = 60;
const PACE_MS = 50;
/** The id of the deployed model that has answered. */
const ANSWERED_BY = "x-vertex-ai-deployed-model-id";

/** `wantedBy`: which deployed model is asked, by the request's headers; undefined: any. */
export function accessEndpoint(
  place: Place,
  endpoint: string,
  wantedBy: (headers: Headers) => string | undefined,
): Access {
  return cloudAccess({
    cloud: "Vertex AI",
    async predict(headers, body, signal) {
      const wanted = wantedBy(headers);
      for (let left = TRIES; left > 0; left--) {
        const answer = await place.api.post(`endpoints/${endpoint}:rawPredict`, { headers, body, signal });
        const from = answer.headers[ANSWERED_BY];
        if (wanted === undefined || from === undefined || from === wanted) return answer;
        await wait(PACE_MS, undefined, { signal });
      }
      throw new UserError("Vertex AI gives it no requests: others have answered all that were sent.");
    },
    /** Vertex AI lets nobody ask for it, and deploys only what is well. */
    async findFault(_headers, signal) {
      const state = await describeEndpoint(place, endpoint, signal);
      return state !== undefined && state.deployed.length > 0 ? null : "Nothing is deployed.";
    },
  });
}
