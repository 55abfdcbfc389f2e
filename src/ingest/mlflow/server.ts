/** The HTTP server that MLflow's clients speak to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Store } from "../../store/contract";
import { Refusal } from "../../store/tracking/refusal";
import { makeAnswers } from "./answers";
import { parseBody, parseQuery, readBody } from "./body";
import { MlflowError } from "./errors";
import { admit } from "./guard";
import type { FailedRequest, MlflowHooks } from "./hooks";
import { type JsonObject, parseJson, writeJson } from "./json";
import { isObject } from "./message";
import type { Call, MlflowContext, Reply, Route } from "./route";
import { makeRouter } from "./router";
import { ROUTES } from "./routes";
import { sendJson } from "./send";

/** Each client has a pool of ten; 200 of them at once must be served. */
const MAX_CONNECTIONS = 4_096;
/** A client uses its connection again after the longest epoch; closing it first would look like a fault to it. */
const KEEP_ALIVE_MS = 60 * 60_000;
const SILENT_MS = 10 * 60_000;

export interface MlflowServerOptions {
  store: Store;
  /** Part of the address; 128 random bits or more, as letters and digits. */
  secret: string;
  hooks?: MlflowHooks;
  /** Default `file`: see `MlflowContext`. */
  artifacts?: MlflowContext["artifacts"];
  /** Names (`host:port`) that clients may call the server by, besides the address it listens on. */
  hosts?: readonly string[];
  /** A fault of ours, said nowhere else. The error tells nothing that a client sent. */
  onError?: (error: unknown) => void;
}

export interface MlflowServer {
  /** Takes connections that are made elsewhere: `http.emit("connection", socket)`. `hosts` must name their address then. */
  readonly http: Server;
  /** Listens on the loopback address unless told otherwise, and gives the tracking URI. */
  listen(options?: { host?: string; port?: number }): Promise<string>;
  /** Carries out a request again that `onFault` kept. Throws when it fails for the same kind of reason again. */
  replay(request: Pick<FailedRequest, "method" | "path" | "body">): Promise<void>;
  /** Answers what is being asked, takes nothing more, and leaves the store open. */
  close(): Promise<void>;
}

/** The server, not listening yet. All that a client may do is in `ROUTES`. */
export function createMlflowServer(options: MlflowServerOptions): MlflowServer {
  const { store, secret, hooks = {}, artifacts = "file", onError = () => {} } = options;
  const context: MlflowContext = { store, hooks, artifacts, answers: makeAnswers(store.tracking) };
  const router = makeRouter(ROUTES);
  const hosts = new Set(options.hosts);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, query } = admit(request, { secret, hosts });
    const { route, path: variables } = router.find(request.method ?? "", path);
    const call = { path: variables, context, request, response };
    if (route.raw) return send(response, await route.handle({ ...call, message: {} }));
    if (route.method === "GET") return send(response, await route.handle({ ...call, message: parseQuery(query) }));
    const body = await readBody(request);
    const message = parseBody(request, body);
    await send(response, await attempt(route, { ...call, message }, { path, body }));
  }

  /** What a handler changes it changes at once, before it waits for anything: so the audit log knows through whom. */
  const handle = (route: Route, call: Call) => store.audit.through("mlflow", () => route.handle(call));

  /** A client's mistakes are its own; what else fails may be kept elsewhere. */
  async function attempt(route: Route, call: Call, { path, body }: { path: string; body: string }): Promise<Reply> {
    try {
      return await handle(route, call);
    } catch (error) {
      if (error instanceof MlflowError || error instanceof Refusal) throw error;
      if (hooks.onFault?.({ method: route.method, path, body, error })) return {};
      if (hooks.makeRoom?.(error)) return await handle(route, call);
      throw error;
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await answer(request, response);
    } catch (error) {
      // The client has gone.
      if (request.destroyed && !request.complete) return;
      const known = knownError(error);
      if (!known) onError(error);
      const shown = known ?? new MlflowError("INTERNAL_ERROR", (error as Error).message);
      if (response.headersSent) response.destroy();
      else await sendJson(response, shown.status, writeJson(shown.body));
    }
  }

  const http = createServer((request, response) => void serve(request, response));
  http.maxConnections = MAX_CONNECTIONS;
  http.keepAliveTimeout = KEEP_ALIVE_MS;
  // An upload may take its time, but not stand still.
  http.requestTimeout = 0;
  http.setTimeout(KEEP_ALIVE_MS);
  http.on("connect", (_request, socket) => socket.destroy());
  http.on("request", (request: IncomingMessage) => request.setTimeout(SILENT_MS));

  return {
    http,
    async listen({ host = "127.0.0.1", port = 0 } = {}) {
      await new Promise<void>((resolve, reject) => {
        http.once("error", reject).listen({ host, port }, () => resolve());
      });
      const name = `${host.includes(":") ? `[${host}]` : host}:${(http.address() as AddressInfo).port}`;
      hosts.add(name);
      return `http://${name}/t/${secret}`;
    },
    async replay({ method, path, body }) {
      const { route, path: variables } = router.find(method, path);
      const parsed = parseJson(body);
      const message: JsonObject = isObject(parsed) ? parsed : {};
      // Only what answers nothing but `{}` is kept, and that looks at neither.
      const none = undefined as never;
      try {
        await handle(route, { message, path: variables, context, request: none, response: none });
      } catch (error) {
        if (!knownError(error)) throw error;
      }
    },
    close() {
      return new Promise<void>((resolve) => {
        // A connection on which something is being answered is idle a moment later.
        const timer = setInterval(() => http.closeIdleConnections(), 50);
        http.close(() => {
          clearInterval(timer);
          resolve();
        });
      });
    },
  };
}

function knownError(error: unknown): MlflowError | undefined {
  if (error instanceof MlflowError) return error;
  return error instanceof Refusal ? new MlflowError(error.code, error.message) : undefined;
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  if (reply === null) return;
  const stream = reply !== undefined && Symbol.iterator in reply;
  await sendJson(response, 200, stream ? (reply as Iterable<string>) : writeJson(reply ?? {}));
}
