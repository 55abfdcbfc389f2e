/**
 * The way to steer a gateway, apart from the way of its callers: HTTP on the loopback address for whoever can read the secret in
 * the deployment's folder.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as z from "zod/mini";
import type { Traffic } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { LogCounts } from "../predictions/log";
import { readBody } from "./body";
import { GatewayRoute, GatewaySettings } from "./files";
import { type Asked, answerHeaders, requestHeaders } from "./forward";
import type { CallAnswer } from "./httpCall";
import type { ServerState } from "./modelServer";

/** What a gateway says of itself. */
export interface GatewayState {
  settings: GatewaySettings;
  /** Where it listens; null: it does not, because of the fault. */
  url: string | null;
  fault: string | null;
  /** Ms since the epoch. */
  started: number;
  routes: GatewayRoute[];
  servers: {
    id: string;
    version: number;
    bundle: string;
    signature: string;
    state: ServerState;
    fault: string | null;
    restarts: number;
    pid: number | null;
  }[];
  log: LogCounts | null;
}

/** Another model server; resolves when it is ready. */
export const Candidate = z.object({
  model: z.string(),
  version: z.int(),
  bundle: z.string(),
  folder: z.string(),
  argv: z.array(z.string()).check(z.minLength(1)),
  env: z.record(z.string(), z.string()),
  /** Seconds that it gets to be ready. */
  patience: z.number(),
});
export type Candidate = z.infer<typeof Candidate>;

/** What is served from now on, and how. */
export const Switch = z.object({ settings: GatewaySettings, routes: z.array(GatewayRoute) });
export type Switch = z.infer<typeof Switch>;

export interface Steering {
  state(): GatewayState;
  traffic(seconds: number, only?: { version: number; role: GatewayRoute["role"] }): Traffic;
  /** Its id. Throws UserError when it does not become ready, or `signal` says that nobody waits for it any more. */
  addServer(candidate: Candidate, signal: AbortSignal): Promise<string>;
  removeServer(id: string): Promise<void>;
  /** `seconds`: what it gets to answer; default: what callers' requests get. */
  ask(id: string, asked: Asked, signal: AbortSignal, seconds?: number): Promise<CallAnswer>;
  switchTo(next: Switch): Promise<void>;
  /** Ends servers that no route has, when they have answered what they were asked. */
  tidy(): Promise<void>;
  log(lines: number): string[];
  /** Ends all of it, and then this process. */
  stop(): Promise<void>;
}

const MOST_BYTES = 200_000_000;
const ASK = /^\/servers\/([\w-]+)\/http(\/.*)$/;
const SERVER = /^\/servers\/([\w-]+)$/;

/** `port()`: its own, once it listens. */
export function makeControl(steering: Steering, secret: string, port: () => number): Server {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isAdmitted(request)) return sendJson(response, 403, { message: "Not admitted." });
    const gone = new AbortController();
    response.on("close", () => gone.abort(new UserError("Who asked went away.")));
    const url = new URL(request.url!, "http://control");
    const body = await readBody(request, MOST_BYTES);
    const asked = ASK.exec(request.url!);
    if (asked) {
      const given = requestHeaders(request.headers, false);
      const { "x-modeltrail-secret": _, "x-modeltrail-seconds": seconds, ...headers } = given;
      const what = { method: request.method!, path: asked[2]!, headers, body };
      const got = await steering.ask(asked[1]!, what, gone.signal, Number(seconds) || undefined);
      response.writeHead(got.status, {
        ...answerHeaders(got.headers),
        "x-modeltrail-answer": "1",
        "content-length": got.body.length,
      });
      return void response.end(got.body);
    }
    sendJson(response, 200, (await carryOut(request.method!, url, body, gone.signal)) ?? {});
  }

  async function carryOut(method: string, url: URL, body: Buffer, signal: AbortSignal): Promise<unknown> {
    const json = () => JSON.parse(body.toString("utf8"));
    const server = SERVER.exec(url.pathname)?.[1];
    if (method === "DELETE" && server) return steering.removeServer(server);
    switch (`${method} ${url.pathname}`) {
      case "GET /state":
        return steering.state();
      case "GET /traffic": {
        const [version, role] = [url.searchParams.get("version"), url.searchParams.get("role")];
        const only = version && role ? { version: Number(version), role: role as GatewayRoute["role"] } : undefined;
        return steering.traffic(Number(url.searchParams.get("seconds") ?? 60), only);
      }
      case "GET /log":
        return { lines: steering.log(Number(url.searchParams.get("lines") ?? 100)) };
      case "POST /servers":
        return { id: await steering.addServer(Candidate.parse(json()), signal) };
      case "PUT /switch":
        return steering.switchTo(Switch.parse(json()));
      case "POST /tidy":
        return steering.tidy();
      case "POST /stop":
        return steering.stop();
      default:
        throw new UserError(
          "This gateway does not know what it was asked: it was started by another version of Modeltrail.",
        );
    }
  }

  function isAdmitted({ headers }: IncomingMessage): boolean {
    const digest = (text: string) => createHash("sha256").update(text).digest();
    const shown = String(headers["x-modeltrail-secret"] ?? "");
    const knows = timingSafeEqual(digest(shown), digest(secret));
    // Nothing that a web page can make a browser send.
    return knows && headers.host === `127.0.0.1:${port()}` && headers.origin === undefined;
  }

  return createServer({ keepAliveTimeout: 30_000, requestTimeout: 0 }, (request, response) => {
    answer(request, response).catch((error: Error) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      sendJson(response, 500, { message: error.message, isForUser: error instanceof UserError });
    });
  });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
