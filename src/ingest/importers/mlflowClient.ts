/**
 * Calls of MLflow's REST API, for the one server that the user has named: no other address is ever asked, and redirects to one
 * are not followed. https://mlflow.org/docs/latest/rest-api.html
 */
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../domain/errors";
import { maskText } from "../../domain/secrets";

/** What JSON of the wire is. */
export type Message = Record<string, unknown>;

/** The server has refused: `code` as MLflow names it, e.g. "RESOURCE_DOES_NOT_EXIST"; "" when it has not said. */
export class MlflowError extends UserError {
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface MlflowClient {
  /** The server's address without login, and with `***` for what is secret in it: for people. */
  readonly address: string;
  get(path: string, query?: Record<string, string | number | undefined>): Promise<Message>;
  post(path: string, body: Message): Promise<Message>;
  patch(path: string, body: Message): Promise<Message>;
  /** Writes what is there into the file `to`. */
  download(path: string, to: string, query?: Record<string, string>): Promise<void>;
  upload(path: string, file: string): Promise<void>;
}

export interface ClientOptions {
  /** Where `MLFLOW_TRACKING_USERNAME`, `…_PASSWORD` and `…_TOKEN` are looked up. */
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}

/** The tag by which a run of ours is known again on a server that it was sent to. */
export const SENT_ID = "modeltrail.id";

const TIMEOUT_MS = 120_000;
/** As MLflow's own client does, after these pauses. */
const PAUSES_MS = [500, 2_000];
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** Throws UserError when `url` is no address of a server. The login, if it has one, is used and kept to itself. */
export function mlflowClient(url: string, { env = process.env, signal }: ClientOptions = {}): MlflowClient {
  const base = parse(url);
  const authorization = login(base, env);
  base.username = "";
  base.password = "";
  const root = base.href.replace(/\/$/, "");
  const address = shownAddress(root);

  async function attempt(path: string, init: () => RequestInit): Promise<Response> {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const { headers, ...rest } = init();
    const response = await fetch(root + path, {
      ...rest,
      headers: { ...(authorization ? { authorization } : {}), ...(headers as Record<string, string>) },
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (response.ok) return response;
    throw await refusal(response, address, path);
  }

  async function call(path: string, init: () => RequestInit): Promise<Response> {
    for (let tries = 0; ; tries++) {
      try {
        return await attempt(path, init);
      } catch (error) {
        signal?.throwIfAborted();
        const passing = error instanceof MlflowError ? PASSING.has(error.status) : true;
        if (!passing || tries === PAUSES_MS.length) throw explain(error, address);
        await new Promise((resolve) => setTimeout(resolve, PAUSES_MS[tries]));
      }
    }
  }

  const json = async (response: Response) => (await response.json()) as Message;
  const send = (method: string, body: Message) => () => ({
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return {
    address,
    get: async (path, query) => json(await call(path + search(query), () => ({}))),
    post: async (path, body) => json(await call(path, send("POST", body))),
    patch: async (path, body) => json(await call(path, send("PATCH", body))),
    async download(path, to, query) {
      const { body } = await call(path + search(query), () => ({}));
      const from = body ? Readable.fromWeb(body as import("node:stream/web").ReadableStream) : Readable.from([]);
      await pipeline(from, createWriteStream(to), { signal });
    },
    async upload(path, file) {
      const { size } = await stat(file);
      await call(path, () => ({
        method: "PUT",
        headers: { "content-type": "application/octet-stream", "content-length": String(size) },
        body: Readable.toWeb(createReadStream(file)) as unknown as BodyInit,
        duplex: "half",
      }));
    },
  };
}

/** An address as it may be shown and stored: our own servers have a secret in their path, others a login. */
export const shownAddress = (url: string) => maskText(url).replace(/\/t\/[^/]+/, "/t/***");

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    if (/^https?:$/.test(parsed.protocol)) {
      parsed.hash = "";
      parsed.search = "";
      return parsed;
    }
  } catch {
    // Told below.
  }
  throw new UserError(
    `"${maskText(url)}" is not the address of an MLflow server. Give one such as http://localhost:5000.`,
  );
}

function login({ username, password }: URL, env: NodeJS.ProcessEnv): string | undefined {
  const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
  if (username) return basic(decodeURIComponent(username), decodeURIComponent(password));
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: secret, MLFLOW_TRACKING_TOKEN: token } = env;
  if (user) return basic(user, secret ?? "");
  return token ? `Bearer ${token}` : undefined;
}

function search(query: Record<string, string | number | undefined> = {}): string {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

async function refusal(response: Response, address: string, path: string): Promise<MlflowError> {
  const { status } = response;
  const text = await response.text().catch(() => "");
  let told: { error_code?: unknown; message?: unknown } = {};
  try {
    told = JSON.parse(text);
  } catch {
    // No server of MLflow's speaks otherwise; something before it may.
  }
  const code = typeof told.error_code === "string" ? told.error_code : "";
  const why = typeof told.message === "string" ? told.message.split("\n")[0] : response.statusText;
  const login =
    status === 401 || status === 403
      ? " Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, to log in."
      : "";
  return new MlflowError(`${address} answered ${status} to ${path.split("?")[0]}: ${why}.${login}`, code, status);
}

function explain(error: unknown, address: string): unknown {
  if (error instanceof UserError) return error;
  const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
  if (name !== "TypeError" && name !== "TimeoutError") return error;
  const why = cause?.code ?? cause?.message ?? message;
  return new UserError(
    `The MLflow server ${address} could not be reached (${why}). Is it running, and the address right?`,
    {
      cause: error,
    },
  );
}

/** The path at which a server that hands artifacts out itself has those of `address`; null when it does not, or another does. */
export function proxiedPath(address: string, server: string): string | null {
  const match = /^mlflow-artifacts:(?:\/\/([^/]*))?\/?(.*)$/.exec(address);
  if (!match) return null;
  const [, host = "", path = ""] = match;
  return host === "" || host === new URL(server).host ? path.replace(/\/$/, "") : null;
}

/** Where the server has such an artifact. */
export const artifactUrl = (path: string) =>
  `/api/2.0/mlflow-artifacts/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`;
