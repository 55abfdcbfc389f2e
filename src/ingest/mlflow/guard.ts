/**
 * Who may speak to the server. It listens on the loopback address, where every program of this machine and every web page in
 * a browser can reach it, so each request must know the secret, and nothing that a browser sends is let in.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { MlflowError } from "./errors";

export interface GuardOptions {
  secret: string;
  /** What a client may call the server by, as `127.0.0.1:PORT`. */
  hosts: ReadonlySet<string>;
}

const PREFIX = /^\/t\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/;

/** The path below the secret, and the query, of a request that is let in. Throws MlflowError for any other. */
export function admit(request: IncomingMessage, { secret, hosts }: GuardOptions): { path: string; query: string } {
  const match = PREFIX.exec(request.url ?? "");
  // Compared also when there is none, so that the time tells nothing.
  if (!equal(match?.[1] ?? "", secret) || !match) throw refused("The address lacks the secret of this server.");
  const { host, origin, "sec-fetch-site": site } = request.headers;
  // By another name, a web page could have had its own address changed to ours (DNS rebinding).
  if (host === undefined || !hosts.has(host)) throw refused("The server does not answer to this host name.");
  if (origin !== undefined || site !== undefined) throw refused("The server does not answer to web pages.");
  return { path: match[2] ?? "/", query: match[3] ?? "" };
}

/** In a time that does not depend on where they differ. */
function equal(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret)) && given.length === secret.length;
}

function refused(message: string): MlflowError {
  return new MlflowError("PERMISSION_DENIED", message);
}
