/** Handing a request to a model server, and its answer back. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { type CallAnswer, httpCall } from "./httpCall";
import { authorization, type ModelServer } from "./modelServer";

/** Of one connection, not of the message: RFC 9110, 7.6.1. */
const OF_CONNECTION = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "expect", "host", "content-length"],
]);

export interface Asked {
  method: string;
  /** With its query. */
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** Rejects with NoAnswer. */
export async function forward(
  server: ModelServer,
  { method, path, headers, body }: Asked,
  { token, limit, signal }: { token: string | null; limit?: number; signal?: AbortSignal },
): Promise<CallAnswer> {
  const sends = body.length > 0 || (method !== "GET" && method !== "HEAD");
  server.inFlight++;
  try {
    return await httpCall({
      ...{ host: "127.0.0.1", port: server.spec.port!, agent: server.agent, method, path, limit, signal },
      headers: { ...headers, ...authorization(token) },
      body: sends ? body : undefined,
    });
  } finally {
    server.inFlight--;
  }
}

/** What the model server is told of what the caller said. `withToken`: what callers show is for us. */
export function requestHeaders(
  headers: IncomingHttpHeaders,
  withToken: boolean,
): Record<string, string | string[] | undefined> {
  const named = String(headers.connection ?? "").toLowerCase();
  const kept: Record<string, string | string[] | undefined> = {};
  for (const name in headers) {
    if (OF_CONNECTION.has(name) || (withToken && name === "authorization")) continue;
    // A header that is named there is of the connection as well.
    if (named.length > 10 && named.split(/\s*,\s*/).includes(name)) continue;
    kept[name] = headers[name];
  }
  return kept;
}

export function answerHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {};
  for (const name in headers) {
    if (!OF_CONNECTION.has(name) && name !== "server" && name !== "date") kept[name] = headers[name];
  }
  return kept;
}
