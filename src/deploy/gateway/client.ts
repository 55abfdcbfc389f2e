/** Speaking with a gateway that runs. */
import type { Agent } from "node:http";
import type { Traffic } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { Answer } from "../contract";
import type { Candidate, GatewayState, Switch } from "./control";
import { type ControlFile, readControlFile } from "./files";
import { type Call, type CallAnswer, httpCall, NoAnswer } from "./httpCall";

/** The gateway does not answer: it is not there, or it is just being started again. */
export class NoGateway extends Error {}

export interface GatewayClient {
  state(signal?: AbortSignal): Promise<GatewayState>;
  traffic(seconds: number, only?: { version: number; role: string }, signal?: AbortSignal): Promise<Traffic>;
  addServer(candidate: Candidate, signal: AbortSignal): Promise<string>;
  removeServer(id: string): Promise<void>;
  /** A path of a model server that callers may not get to yet. `seconds`: what it gets to answer. */
  ask(id: string, call: Omit<Call, "host" | "port">, seconds: number): Promise<Answer>;
  switchTo(next: Switch): Promise<void>;
  tidy(): Promise<void>;
  log(lines: number, signal?: AbortSignal): Promise<string[]>;
  stop(signal?: AbortSignal): Promise<void>;
}

const QUICK_MS = 10_000;
const SWITCH_MS = 60_000;

/** Of the deployment with this folder. All of it throws NoGateway when none answers, and UserError for what it says. */
export function gatewayClient(folder: string, agent?: Agent): GatewayClient {
  async function call(
    method: string,
    path: string,
    options: { body?: unknown; signal?: AbortSignal; limit?: number } = {},
  ) {
    const { body, signal, limit } = options;
    const control = controlOf(folder);
    const answer = await reach(control, {
      method,
      path,
      body: body === undefined ? "" : JSON.stringify(body),
      signal,
      limit,
    });
    const said = JSON.parse(answer.body.toString("utf8"));
    if (answer.status === 200) return said;
    throw answer.status === 403
      ? new NoGateway()
      : said.isForUser
        ? new UserError(said.message)
        : new Error(said.message);
  }

  return {
    state: (signal) => call("GET", "/state", { signal, limit: QUICK_MS }),
    traffic(seconds, only, signal) {
      const query = new URLSearchParams({
        seconds: String(seconds),
        ...(only && { version: String(only.version), role: only.role }),
      });
      return call("GET", `/traffic?${query}`, { signal, limit: QUICK_MS });
    },
    addServer: async (candidate, signal) => (await call("POST", "/servers", { body: candidate, signal })).id,
    removeServer: async (id) => void (await call("DELETE", `/servers/${id}`)),
    async ask(id, { path, headers: given, ...rest }, seconds) {
      const headers = { ...given, "x-modeltrail-seconds": String(seconds) };
      const control = controlOf(folder);
      const answer = await reach(control, { ...rest, path: `/servers/${id}/http${path}`, headers, agent });
      // Else it is the gateway itself that says why there is none.
      if (answer.headers["x-modeltrail-answer"] === undefined) throw new UserError(messageOf(answer));
      return { status: answer.status, headers: flat(answer.headers), body: answer.body };
    },
    switchTo: async (next) => void (await call("PUT", "/switch", { body: next, limit: SWITCH_MS })),
    tidy: async () => void (await call("POST", "/tidy")),
    log: async (lines, signal) => (await call("GET", `/log?lines=${lines}`, { signal, limit: QUICK_MS })).lines,
    stop: async (signal) => void (await call("POST", "/stop", { signal })),
  };
}

export function flat(headers: CallAnswer["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value!]),
  );
}

function controlOf(folder: string): ControlFile {
  const control = readControlFile(folder);
  if (!control) throw new NoGateway("The gateway is not there.");
  return control;
}

async function reach(
  { port, secret }: ControlFile,
  { headers, ...rest }: Omit<Call, "host" | "port">,
): Promise<CallAnswer> {
  try {
    return await httpCall({ host: "127.0.0.1", port, headers: { ...headers, "x-modeltrail-secret": secret }, ...rest });
  } catch (error) {
    if (error instanceof NoAnswer) throw new NoGateway("The gateway does not answer.", { cause: error });
    throw error;
  }
}

function messageOf({ body }: CallAnswer): string {
  try {
    return JSON.parse(body.toString("utf8")).message;
  } catch {
    return "The gateway gave an answer that is none.";
  }
}
