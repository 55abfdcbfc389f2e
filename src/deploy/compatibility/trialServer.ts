/** A server that is started to be asked a few things, and always ended. */
import { spawn } from "node:child_process";
import net from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { maskText } from "../../domain/secrets";
import { processIdentity } from "../../store/process";
import { endProcess, forceGroup } from "../gateway/endProcess";
import { type CallAnswer, httpCall } from "../gateway/httpCall";

export interface TrialOptions {
  python: string;
  /** Behind `python`. */
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  port: number;
  /** Answers 200 when it is ready. */
  ready: string;
  signal: AbortSignal;
}

export interface Trial {
  /** Throws UserError when no answer comes. */
  ask(path: string, body?: unknown): Promise<CallAnswer>;
  /** From the start until it was ready, ms. */
  startTime: number;
}

const HOST = "127.0.0.1";
/** Large models take their time to load. */
const START_MS = 5 * 60_000;
const ANSWER_MS = 60_000;
const LOOK_MS = 50;
const GRACE_MS = 5_000;
const KEPT_OUTPUT = 16_000;
const SHOWN_LINES = 12;

/** Throws what `use` throws, with the last lines of the server behind it; UserError when it does not become ready. */
export async function withTrial<T>(options: TrialOptions, use: (trial: Trial) => Promise<T>): Promise<T> {
  const { python, argv, env, cwd, port, ready, signal } = options;
  const started = performance.now();
  const child = spawn(python, argv, {
    env,
    cwd,
    // A group of its own, so that what it starts ends with it.
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  let printed = "";
  const hear = (chunk: Buffer) => (printed = (printed + chunk).slice(-KEPT_OUTPUT));
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  let end: string | null = null;
  const over = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      end = `could not be started (${error.message})`;
      resolve();
    });
    child.once("close", (code, by) => {
      end ??= by ? `was ended by ${by}` : `ended with exit code ${code}`;
      resolve();
    });
  });
  const identity = child.pid === undefined ? null : processIdentity(child.pid);
  const ask: Trial["ask"] = async (path, body) => {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const call = {
      host: HOST,
      port,
      path,
      method: json === undefined ? "GET" : "POST",
      body: json,
      signal,
      limit: ANSWER_MS,
    };
    try {
      return await httpCall({ ...call, headers: json === undefined ? {} : { "content-type": "application/json" } });
    } catch (error) {
      signal.throwIfAborted();
      throw new UserError(`${path} was not answered: ${(error as Error).message}`, { cause: error });
    }
  };
  try {
    for (;;) {
      const isReady = await ask(ready).then(
        ({ status }) => status === 200,
        () => false,
      );
      signal.throwIfAborted();
      if (isReady) break;
      if (end !== null) throw new UserError(`the server ${end}`);
      if (performance.now() - started > START_MS)
        throw new UserError(`${ready} did not say that it is ready in ${START_MS / 60_000} minutes`);
      await wait(LOOK_MS, undefined, { signal });
    }
    return await use({ ask, startTime: performance.now() - started });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}${lastLines(printed)}`, { cause: error });
  } finally {
    if (identity) {
      await endProcess(identity, GRACE_MS);
      // Its workers, if it ended before them.
      forceGroup(identity.pid);
    }
    await over;
  }
}

function lastLines(printed: string): string {
  const lines = printed.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) return "";
  return `\nIt printed last:\n${maskText(
    lines
      .slice(-SHOWN_LINES)
      .map((line) => `  ${line}`)
      .join("\n"),
  )}`;
}

/** One that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, HOST, resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
