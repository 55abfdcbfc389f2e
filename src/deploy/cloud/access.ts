/** A way to speak with an endpoint at a cloud, which lets predictions through and nothing else. */
import { UserError } from "../../domain/errors";
import type { Access, Answer } from "../contract";

/** By names in lower case. */
export type Headers = Readonly<Record<string, string>>;

export interface CloudEndpoint {
  /** For messages: "Vertex AI". */
  cloud: string;
  /** `headers`: with the type of the content. */
  predict(headers: Headers, body: string | Buffer, signal: AbortSignal): Promise<Answer>;
  /** What is wrong, as the cloud says; null when all is well. */
  findFault(headers: Headers, signal: AbortSignal): Promise<string | null>;
}

const TIMEOUT_MS = 120_000;

/** Others have no plain address for it: they need to sign in, or a key. */
export function cloudAccess({ cloud, predict, findFault }: CloudEndpoint): Access {
  return {
    url: null,
    async request(path, { method = "POST", headers = {}, body = "", signal = AbortSignal.timeout(TIMEOUT_MS) } = {}) {
      const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      if (path === "/ping" || path === "/health") {
        const fault = await findFault(named, signal);
        return { status: fault === null ? 200 : 503, headers: {}, body: Buffer.from(fault ?? "") };
      }
      if (path === "/invocations" && method === "POST") {
        return predict({ "content-type": "application/json", ...named }, body, signal);
      }
      throw new UserError(`${cloud} lets only predictions through (POST /invocations), not ${method} ${path}.`);
    },
  };
}
