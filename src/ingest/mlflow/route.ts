/** What an endpoint of the wire is: a method, a path and a function from the request's message to the reply. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Store } from "../../store/contract";
import type { Answers } from "./answers";
import type { MlflowHooks } from "./hooks";
import type { JsonObject } from "./json";

/** What every handler works with. */
export interface MlflowContext {
  store: Store;
  hooks: MlflowHooks;
  answers: Answers;
  /** `file`: clients on this machine copy artifacts themselves. `http`: they send them through the server. */
  artifacts: "file" | "http";
}

export interface Call {
  /** The body, or the query of a GET: see message.ts. Empty for a route with a `raw` body. */
  message: JsonObject;
  /** Parts of the path that stand for `{name}` in the route, decoded once; `{*name}` takes the rest of the path. */
  path: Record<string, string>;
  context: MlflowContext;
  request: IncomingMessage;
  response: ServerResponse;
}

/** Undefined: `{}`. Chunks of JSON are sent as they come. Null: the handler has answered by itself. */
export type Reply = JsonObject | Iterable<string> | undefined | null;

export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the secret, as `/api/2.0/mlflow/runs/get`. */
  path: string;
  /** The handler reads the body itself, whatever its type and size. */
  raw?: boolean;
  handle(call: Call): Reply | Promise<Reply>;
}

/** Where MLflow's own calls are. */
export const API = "/api/2.0/mlflow";
export const API_3 = "/api/3.0/mlflow";

export const get = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, handle });
export const post = (path: string, handle: Route["handle"]): Route => ({ method: "POST", path, handle });
export const patch = (path: string, handle: Route["handle"]): Route => ({ method: "PATCH", path, handle });
export const remove = (path: string, handle: Route["handle"]): Route => ({ method: "DELETE", path, handle });
