/** Writing replies. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";

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
  for (const piece of body) {
    if (response.destroyed) return;
    if (!response.write(piece)) await Promise.race([once(response, "drain"), once(response, "close")]);
  }
  response.end();
}

export function sendText(response: ServerResponse, text: string): void {
  const headers = { "Content-Type": "text/plain; charset=utf-8", ...SAFE_HEADERS };
  response.writeHead(200, { ...headers, "Content-Length": Buffer.byteLength(text) }).end(text);
}
