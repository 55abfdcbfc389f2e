/** Writing replies. */
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Never kept by anyone in between, never taken for another type, never shown in a frame. */
export const SAFE_HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

/** Sends a JSON text, or its pieces as they come and as the client takes them. */
export async function sendJson(
  response: ServerResponse,
  status: number,
  body: string | Iterable<string>,
): Promise<void> {
  const headers = { "Content-Type": "application/json", ...SAFE_HEADERS };
  if (typeof body === "string") {
    response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
    return;
  }
  response.writeHead(status, headers);
  // A client that goes away meanwhile is no fault.
  await pipeline(Readable.from(body), response).catch(() => response.destroy());
}

export function sendText(response: ServerResponse, text: string): void {
  const headers = { "Content-Type": "text/plain; charset=utf-8", ...SAFE_HEADERS };
  response.writeHead(200, { ...headers, "Content-Length": Buffer.byteLength(text) }).end(text);
}
