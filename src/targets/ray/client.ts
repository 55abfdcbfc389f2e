/**
 * Ray's REST interface for jobs, of the head's dashboard.
 * https://docs.ray.io/en/latest/cluster/running-applications/job-submission/rest.html
 */
import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { HostUnreachable } from "../host/contract";

const REQUEST_MS = 30_000;
/** Of what may be large. */
const LARGE_MS = 15 * 60_000;

const JobInfo = z.object({
  status: z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]),
  message: z.optional(z.nullable(z.string())),
  error_type: z.optional(z.nullable(z.string())),
  /** Ms since the epoch. */
  end_time: z.optional(z.nullable(z.number())),
  driver_exit_code: z.optional(z.nullable(z.number())),
});
export type RayJob = z.infer<typeof JobInfo>;

const Logs = z.object({ logs: z.string() });
const Version = z.object({ ray_version: z.string() });

export interface Submission {
  entrypoint: string;
  submission_id: string;
  runtime_env: Record<string, unknown>;
  metadata: Record<string, string>;
  entrypoint_num_cpus?: number;
  entrypoint_num_gpus?: number;
  /** Bytes. */
  entrypoint_memory?: number;
}

/** All of it throws HostUnreachable when nobody answers, and UserError with what Ray said when that says no. */
export interface RayClient {
  version(signal: AbortSignal): Promise<string>;
  hasPackage(name: string, signal: AbortSignal): Promise<boolean>;
  /** `name`: as in "gcs://NAME". */
  putPackage(name: string, file: string, signal: AbortSignal): Promise<void>;
  submit(submission: Submission, signal: AbortSignal): Promise<void>;
  /** Undefined when Ray knows none of this id. */
  job(id: string, signal: AbortSignal): Promise<RayJob | undefined>;
  /** No error when it has ended, or is not known. */
  stop(id: string, signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** All of the log so far. */
  log(id: string, signal: AbortSignal): Promise<string>;
}

/** `token`: for clusters that ask for one. */
export function createRayClient(address: string, token: string | undefined): RayClient {
  const base = address.replace(/\/+$/, "");
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};

  async function ask(method: string, route: string, signal: AbortSignal, body?: string | Buffer, limit = REQUEST_MS) {
    const until = AbortSignal.any([signal, AbortSignal.timeout(limit)]);
    const answer = await request(`${base}${route}`, { method, headers, body, signal: until }).catch((error) => {
      signal.throwIfAborted();
      throw new HostUnreachable(`Ray at ${base} does not answer (${reasonOf(error)}).`);
    });
    const { status, text } = answer;
    const ok = status >= 200 && status < 300;
    if (ok || status === 404) return { ok, text };
    const said = lastLine(text);
    if (status === 401 || status === 403) {
      throw new UserError(
        `Ray at ${base} refused access${said ? ` (${said})` : ""}: set the variable that \`tokenVariable\` of the target names to its token.`,
      );
    }
    // Proxies say so while the head starts anew.
    if ([502, 503, 504].includes(status)) throw new HostUnreachable(`Ray at ${base} cannot be reached (${status}).`);
    throw new UserError(`Ray at ${base} could not do it (${status})${said ? `: ${said}` : ""}.`);
  }

  const job = (id: string) => `/api/jobs/${encodeURIComponent(id)}`;
  const packageOf = (name: string) => `/api/packages/gcs/${encodeURIComponent(name)}`;
  return {
    async version(signal) {
      const { ok, text } = await ask("GET", "/api/version", signal);
      const parsed = Version.safeParse(ok ? parseJson(text) : null);
      if (!parsed.success) {
        throw new UserError(`At ${base} is something else than Ray's dashboard. Its address is like http://head:8265.`);
      }
      return parsed.data.ray_version;
    },
    hasPackage: async (name, signal) => (await ask("GET", packageOf(name), signal)).ok,
    async putPackage(name, file, signal) {
      const response = await ask("PUT", packageOf(name), signal, await readFile(file), LARGE_MS);
      if (!response.ok) throw new UserError(`Ray at ${base} takes no packages.`);
    },
    async submit(submission, signal) {
      const response = await ask("POST", "/api/jobs/", signal, JSON.stringify(submission), LARGE_MS);
      if (!response.ok) throw new UserError(`Ray at ${base} takes no jobs.`);
    },
    async job(id, signal) {
      const response = await ask("GET", job(id), signal);
      return response.ok ? JobInfo.parse(parseJson(response.text)) : undefined;
    },
    async stop(id, signal) {
      await ask("POST", `${job(id)}/stop`, signal);
    },
    async remove(id, signal) {
      await ask("DELETE", job(id), signal);
    },
    async log(id, signal) {
      const { ok, text } = await ask("GET", `${job(id)}/logs`, signal, undefined, LARGE_MS);
      return ok ? Logs.parse(parseJson(text)).logs : "";
    },
  };
}

interface Request {
  method: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
  signal: AbortSignal;
}

/** Not `fetch`: by the headers that it cannot but send, Ray takes it for a browser, and refuses it all but reading. */
function request(url: string, { body, ...options }: Request): Promise<{ status: number; text: string }> {
  const { request: begin } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = begin(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString("utf8") }));
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.name === "AbortError" || error.name === "TimeoutError") return "in time";
  return error.code ?? error.message;
}

/** Of a traceback, which is what Ray answers with. */
const lastLine = (text: string) => text.trim().split("\n").at(-1)?.slice(0, 500) ?? "";
