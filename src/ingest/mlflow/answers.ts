/**
 * Clients repeat a request whose answer did not come (the server was killed, the connection broke), and asking for a run
 * twice would make two. So a run remembers what it was asked for with until the answer is out. Equal requests that are no
 * repetition are usual, from a search over parameters for example, so nothing else is told by them.
 */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { TrackingStore } from "../../store/tracking/contract";
import { type JsonObject, writeJson } from "./json";

export interface Answers {
  /** The run that answers for this request and was never given to who asked; undefined: there is none. */
  find(request: string): string | undefined;
  /** The run is about to be given as the answer. */
  give(id: string, response: ServerResponse): void;
}

/** Of one server: what it is about to answer is no repetition's. */
export function makeAnswers(tracking: TrackingStore): Answers {
  const giving = new Set<string>();
  return {
    find: (request) => tracking.unanswered(request).find((id) => !giving.has(id)),
    give(id, response) {
      giving.add(id);
      response.once("close", () => {
        giving.delete(id);
        if (response.writableFinished) forget(id);
      });
    },
  };

  /** Where it cannot be written down, the same words may give the same run once more. */
  function forget(id: string): void {
    try {
      tracking.answered(id);
    } catch {}
  }
}

/** What tells a request from others. */
export function requestKey(message: JsonObject): string {
  return createHash("sha256").update(writeJson(message)).digest("base64url");
}
