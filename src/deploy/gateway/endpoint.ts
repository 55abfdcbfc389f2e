/** What callers reach: predictions by the versions that are served, and paths of our own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { UserError } from "../../domain/errors";
import { Feedback } from "../../domain/prediction";
import { keepFeedback } from "../predictions/feedback";
import { Refusal, readBody } from "./body";
import { chooseShadows } from "./choose";
import type { GatewaySettings } from "./files";
import { type Asked, answerHeaders, forward, requestHeaders } from "./forward";
import { type CallAnswer, NoAnswer } from "./httpCall";
import { isLoopback } from "./listening";
import type { PredictionKeeper } from "./predictionKeeper";
import { METRICS_TYPE } from "./prometheus";
import { type LiveRoute, readyRoute, type Wish, wishedRoute } from "./routing";
import { knowsToken } from "./token";
import type { TrafficCounter } from "./traffic";

/** A server that died is waited for as long, if it comes back. */
const PATIENCE_MS = 10_000;
/** A request is made once more when its server died. */
const MOST_ATTEMPTS = 2;
/** Copies for each shadow at the same time; more are left out. */
const MOST_COPIES = 16;
/** Answered without a token: they say nothing but that something is there. */
const OPEN_PATHS = new Set(["/ping", "/health", "/modeltrail/health", "/v2/health/live", "/v2/health/ready"]);
/** No predictions: the path or the caller was wrong. */
const NOT_LOGGED = new Set([401, 403, 404, 405]);
const FEEDBACK_BYTES = 5_000_000;
/** Of feedback in one request: callers wait while it is written. */
const MOST_ENTRIES = 1_000;

export interface EndpointState {
  deployment: string;
  settings: GatewaySettings;
  serverToken: string | null;
  routes: readonly LiveRoute[];
}

export interface EndpointOptions {
  /** As it is at the moment. */
  state(): EndpointState;
  predictions: PredictionKeeper;
  predictionFolder: string;
  traffic: TrafficCounter;
  metrics(): string;
  health(): { status: number; body: unknown };
}

export interface Endpoint {
  readonly http: Server;
  inFlight(): number;
  shadowsSkipped(): number;
}

export function makeEndpoint(options: EndpointOptions): Endpoint {
  const { predictions, traffic } = options;
  let inFlight = 0;
  let skipped = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const state = options.state();
    const { settings } = state;
    const path = request.url ?? "/";
    const plain = path.split("?", 1)[0]!;
    checkHost(request, settings);
    if (
      settings.tokenHash !== null &&
      !OPEN_PATHS.has(plain) &&
      !knowsToken(request.headers.authorization, settings.tokenHash)
    ) {
      throw new Refusal(401, "This endpoint asks for a token: Authorization: Bearer TOKEN.", {
        "www-authenticate": "Bearer",
      });
    }
    if (plain.startsWith("/modeltrail/")) return own(plain, request, response);
    // Those who wait for a body to arrive do not count: it may never come.
    const body = await readBody(request, settings.limits.body);
    if (inFlight >= settings.limits.concurrent) {
      throw new Refusal(503, `This endpoint is busy with ${inFlight} requests. Try again soon.`, {
        "retry-after": "1",
      });
    }
    inFlight++;
    try {
      const headers = requestHeaders(request.headers, settings.tokenHash !== null);
      await predict(state, { method: request.method!, path, headers, body }, request, response);
    } finally {
      inFlight--;
    }
  }

  async function predict(state: EndpointState, asked: Asked, request: IncomingMessage, response: ServerResponse) {
    const wish = {
      key: single(request.headers["x-modeltrail-key"])?.slice(0, 500),
      version: single(request.headers["x-modeltrail-version"]),
    };
    const [time, began] = [Date.now(), performance.now()];
    const { route, got } = await ask(state, asked, wish, began);
    const latency = performance.now() - began;
    const isPrediction = asked.method === "POST";
    if (isPrediction) traffic.record(route.version, route.role, got.status, latency);
    const happened = {
      ...{ route, time, latency, path: asked.path, key: wish.key },
      request: { body: asked.body, type: single(asked.headers["content-type"]) },
      answer: { status: got.status, body: got.body, type: got.headers["content-type"] },
    };
    const id = isPrediction && !NOT_LOGGED.has(got.status) ? await predictions.keep(happened) : null;
    send(response, got.status, got.body, {
      ...answerHeaders(got.headers),
      "x-modeltrail-version": String(route.version),
      ...(id === null ? {} : { "x-modeltrail-prediction": id }),
    });
    if (isPrediction) for (const shadow of chooseShadows(state.routes)) copy(shadow, asked, id, state, wish.key);
  }

  /** `began`: by performance.now(). What cannot be had is an answer, too, of the version that was to give it. */
  async function ask(
    { settings, serverToken: token, deployment, routes }: EndpointState,
    asked: Asked,
    wish: Wish,
    began: number,
  ): Promise<{ route: LiveRoute; got: CallAnswer }> {
    const left = () => settings.limits.time * 1_000 - (performance.now() - began);
    const isPinned = wish.version !== undefined;
    let served = routes;
    let route = wishedRoute(served, deployment, wish);
    for (let attempt = 1; ; attempt++) {
      route = await readyRoute(route, served, { isPinned, patience: Math.min(PATIENCE_MS, left()) });
      try {
        return { route, got: await forward(route.live, asked, { token, limit: Math.max(1, left()) }) };
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (error.kind !== "late") await route.live.suspect();
        if (error.kind === "late" || attempt === MOST_ATTEMPTS) return { route, got: failure(error, route, settings) };
        // Its server died or was exchanged. To ask a model twice changes nothing, and no caller has seen an answer yet.
        served = options.state().routes;
        route = elsewhere(route, served, deployment, wish);
      }
    }
  }

  /** For a shadow. Whatever becomes of it, the caller has been answered. */
  function copy(
    shadow: LiveRoute,
    asked: Asked,
    of: string | null,
    { settings, serverToken }: EndpointState,
    key?: string,
  ) {
    const { live } = shadow;
    if (live.state !== "ready" || live.inFlight >= MOST_COPIES) {
      skipped++;
      return;
    }
    const [time, began] = [Date.now(), performance.now()];
    const limit = settings.limits.time * 1_000;
    forward(live, asked, { token: serverToken, limit })
      .catch((error) => {
        void live.suspect();
        return failure(error, shadow, settings);
      })
      .then(async ({ status, body, headers }) => {
        const latency = performance.now() - began;
        traffic.record(shadow.version, "shadow", status, latency);
        await predictions.keep({
          ...{ route: shadow, time, latency, path: asked.path, key, of },
          request: { body: asked.body, type: single(asked.headers["content-type"]) },
          answer: { status, body, type: headers["content-type"] },
        });
      })
      .catch(() => {});
  }

  async function own(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === "/modeltrail/health") {
      const { status, body } = options.health();
      sendJson(response, status, body);
      return;
    }
    if (path === "/modeltrail/metrics") {
      send(response, 200, Buffer.from(options.metrics()), { "content-type": METRICS_TYPE });
      return;
    }
    if (path !== "/modeltrail/feedback") throw new Refusal(404, "There is no such path here.");
    if (request.method !== "POST") throw new Refusal(405, "This path takes POST.", { allow: "POST" });
    const given = parse(await readBody(request, FEEDBACK_BYTES));
    const all = Array.isArray(given) ? given : [given];
    if (all.length > MOST_ENTRIES) {
      throw new Refusal(413, `Give up to ${MOST_ENTRIES} entries in a request; these are ${all.length}.`);
    }
    const checked = all.map((one) => Feedback.safeParse(one));
    const wrong = checked.findIndex(({ success }) => !success);
    if (wrong >= 0) {
      const issue = checked[wrong]!.error!.issues[0]!;
      throw new Refusal(
        400,
        `Entry ${wrong + 1}: ${issue.path.join(".")} ${issue.message}. Give {"id", "label", "action"}.`,
      );
    }
    const feedback = checked.map(({ data }) => data!);
    const unknown = keepFeedback(options.predictionFolder, feedback);
    sendJson(response, 200, { kept: all.length - unknown.length, unknown });
  }

  const http = createServer(
    { keepAliveTimeout: 75_000, requestTimeout: 120_000, noDelay: true },
    (request, response) => {
      answer(request, response).catch((error) => refuse(response, error));
    },
  );
  http.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  return { http, inFlight: () => inFlight, shadowsSkipped: () => skipped };
}

/** Once more: by another version that is ready, unless one was asked for; else by the same once it is back. */
function elsewhere(failed: LiveRoute, routes: readonly LiveRoute[], deployment: string, wish: Wish): LiveRoute {
  const isOther = ({ role, server, live }: LiveRoute) =>
    role !== "shadow" && server !== failed.server && live.state === "ready";
  const other = wish.version === undefined ? routes.find(isOther) : undefined;
  return other ?? routes.find(({ server }) => server === failed.server) ?? wishedRoute(routes, deployment, wish);
}

function failure({ kind }: NoAnswer, { version }: LiveRoute, { limits }: GatewaySettings): CallAnswer {
  const [status, error] =
    kind === "late"
      ? [504, `Version ${version} did not answer within ${limits.time} seconds.`]
      : [502, `Version ${version} ended while it was asked. Try again soon.`];
  const headers = { "content-type": "application/json", ...(status === 502 ? { "retry-after": "2" } : {}) };
  return { status, headers, body: Buffer.from(JSON.stringify({ error })) };
}

/** By another name, a web page could have had its own address changed to ours (DNS rebinding): there, only a token helps. */
function checkHost({ headers }: IncomingMessage, { host, tokenHash }: GatewaySettings): void {
  if (tokenHash !== null || !isLoopback(host)) return;
  if (headers["sec-fetch-site"] === "cross-site")
    throw new Refusal(403, "This endpoint does not answer to web pages of others.");
  const name = (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  if (name === "" || isLoopback(name)) return;
  throw new Refusal(
    421,
    "This endpoint answers to this machine's own names only, such as 127.0.0.1, as it asks for no token.",
  );
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new Refusal(400, "The body is no JSON.");
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function refuse(response: ServerResponse, error: Error): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else if (error instanceof Refusal) sendJson(response, error.status, { error: error.message }, error.headers);
  else if (error instanceof UserError) sendJson(response, 503, { error: error.message });
  else {
    // A fault of ours says nothing of us to callers.
    process.stderr.write(`${error.stack}\n`);
    sendJson(response, 500, { error: "The gateway failed at this request. Its log says more." });
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  send(response, status, Buffer.from(JSON.stringify(body)), { ...headers, "content-type": "application/json" });
}

function send(response: ServerResponse, status: number, body: Buffer, headers: Record<string, unknown>): void {
  response.writeHead(status, { ...(headers as Record<string, string>), "content-length": body.length });
  response.end(body);
}
