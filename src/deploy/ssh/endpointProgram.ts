/** The program that keeps an endpoint on its machine (python/endpoint): what it can be asked, and what it says. */
import { UserError } from "../../domain/errors";
import { type Host, HostUnreachable } from "../../targets/host/contract";
import { fromHome } from "../../targets/host/inHome";
import {
  noAnswer,
  pythonFiles,
  type RemoteProgram,
  readAnswer,
  runProgram,
  versionOf,
} from "../../targets/host/remoteProgram";
import type { Activation } from "../../targets/jobFolder/contract";
import type { RemoteAddress } from "./handle";

/** What a process that answers is started with; see python/endpoint/server.py. */
export interface ServerOrder {
  id: string;
  version: number;
  bundle: string;
  /** Equal ones are the same in all that matters to callers. */
  signature: string;
  /** Of `python -m modeltrail_serve`. */
  arguments: readonly string[];
  activate: Activation | null;
  env: Readonly<Record<string, string>>;
  /** Seconds that a request under way gets when another takes over. */
  drain: number;
}

export interface RemoteServer {
  id: string;
  version: number;
  bundle: string;
  state: "starting" | "ready" | "joining" | "live" | "leaving" | "ended";
  port: number | null;
  fault: string | null;
  /** Since its process was started. */
  seconds: number;
}

interface KeeperState {
  /** The server that answers callers. */
  live: string | null;
  address: RemoteAddress | null;
  servers: RemoteServer[];
}

export type RemoteStatus =
  | { keeper: "none" }
  | { keeper: "elsewhere"; host: string }
  | ({ keeper: "dead"; log: string[] } & Partial<KeeperState>)
  | ({ keeper: "alive"; ping: number | null; metrics: string | null; silent?: string } & KeeperState);

export type Started =
  | { id: string; port: number; live: boolean }
  | { id: string; fault: string; log: string[] }
  /** Why callers cannot come there. */
  | { address: string }
  | Elsewhere
  | { error: string };

/** The machine where it runs: the name of ours led to another one that has the same files. */
interface Elsewhere {
  elsewhere: string;
}

export interface Looked {
  /** "3.11.7"; null when there is none. */
  python: string | null;
  why: string | null;
  packages: Record<string, string>;
  /** Why callers cannot come to the address; null when they can. */
  address: string | null;
  /** Whether anything of the endpoint is there. */
  exists: boolean;
}

/** What each command gets and gives. */
interface Commands {
  look: { input: object; answer: Looked };
  prepare: {
    input: { bundle: string; files: Record<string, string> };
    answer: { missing: string[] | null };
  };
  place: { input: { bundle: string; manifest: string }; answer: { wrong: string[] } };
  start: {
    input: { order: ServerOrder; address: RemoteAddress; token: string | null; mark: string; seconds: number };
    answer: Started;
  };
  switch: { input: undefined; answer: { address: RemoteAddress } | { fault: string } | Elsewhere | { error: string } };
  drop: { input: undefined; answer: { live: string | null } };
  status: { input: undefined; answer: RemoteStatus };
  log: { input: undefined; answer: { lines: string[] } };
  stop: { input: undefined; answer: { found: boolean; left: number[] } | Elsewhere };
}

/** A machine that serves, as the rest of this room sees it. */
export interface EndpointHost {
  host: Host;
  /** The Python there that our program runs in. */
  python: string;
  /** Where endpoints are there. */
  endpoints: string;
}

let files: string[] | undefined;
let version: string | undefined;

function programOn({ python, endpoints }: EndpointHost): RemoteProgram {
  files ??= pythonFiles(["endpoint", "agent"]);
  version ??= versionOf(files);
  return {
    ...{ purpose: "Endpoints", python, files, main: "endpoint/endpoint.py" },
    folder: `${endpoints}/.program-${version}`,
  };
}

/** Throws UserError, also when the machine cannot be reached: `HostUnreachable` is its cause then. */
export async function askEndpoint<Name extends keyof Commands>(
  on: EndpointHost,
  folder: string,
  command: Name,
  { args = [], input, signal }: { args?: readonly string[]; input?: Commands[Name]["input"]; signal: AbortSignal },
): Promise<Commands[Name]["answer"]> {
  const words = [command, fromHome(folder), ...args];
  const given = input === undefined ? {} : { input: JSON.stringify(input) };
  const result = await explained(() => runProgram(on.host, programOn(on), words, { ...given, signal }));
  const answer = readAnswer<Commands[Name]["answer"]>(result.stdout);
  if (answer === undefined) throw noAnswer(result, `The endpoint on ${on.host.name} could not ${WORDS[command]}`);
  return answer;
}

/** Connects `input` and `onOutput` to where the endpoint listens, or to one of its servers. Resolves when one side has ended. */
export async function relay(
  on: EndpointHost,
  folder: string,
  server: string | null,
  options: { input: NodeJS.ReadableStream; onOutput(chunk: Buffer): void; signal: AbortSignal },
): Promise<void> {
  const words = ["relay", fromHome(folder), ...(server === null ? [] : [server])];
  const { exitCode, stderr } = await explained(() => runProgram(on.host, programOn(on), words, options));
  if (exitCode !== 0) throw new UserError(`The endpoint on ${on.host.name} does not answer: ${stderr.trim()}`);
}

/** `host`: the name that led there. */
export function elsewhereError({ elsewhere }: Elsewhere, host: string): UserError {
  return new UserError(
    `It runs on ${elsewhere}, and ${host} led to another machine that has the same files. Name that one in modeltrail.yaml.`,
  );
}

/** What goes wrong on the way to a machine, as UserError. */
export async function explained<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof HostUnreachable)) throw error;
    throw new UserError(error.message, { cause: error });
  }
}

export const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof HostUnreachable;

const WORDS: Record<keyof Commands, string> = {
  look: "be prepared",
  prepare: "be made ready",
  place: "take the bundle",
  start: "start the model",
  switch: "give callers to the new version",
  drop: "end the new version",
  status: "say how it stands",
  log: "show its log",
  stop: "be removed",
};
