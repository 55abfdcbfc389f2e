/** The real app as a process, as tests need it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { APP } from "./python";

export interface ServedApp {
  readonly port: number;
  readonly child: ChildProcess;
  /** Of the process that answers. */
  readonly pid: number;
  /** All that it has said so far. */
  log(): string;
  ask(path: string, body?: unknown, options?: AskOptions): Promise<Told>;
  /** Ends it in order; resolves with its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  /** Sent in parts without a length. */
  chunked?: boolean;
}

export interface Told {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it says itself.
  json: any;
}

/** As a test's environment is, with one thread for each library that would take all processors. */
export const serveEnvironment = (env: Record<string, string> = {}) => ({
  ...process.env,
  PYTHONPATH: APP,
  PYTHONDONTWRITEBYTECODE: "1",
  OMP_NUM_THREADS: "1",
  ...env,
});

/** Once it has said that it is ready. Throws what it said when it ended before. */
export async function startApp(
  python: string,
  bundle: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<ServedApp> {
  const ready = path.join(mkdtempSync(path.join(tmpdir(), "modeltrail-serve-")), "ready.json");
  // Also when the tests are cut off, nothing of them goes on.
  const ours = ["--with-parent", String(process.pid), "--port", "0", "--ready-file", ready];
  const words = ["-m", "modeltrail_serve", "--bundle", bundle, ...ours, ...args];
  const child = spawn(python, words, { env: serveEnvironment(env), stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr!.on("data", (part) => {
    said += part;
  });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  while (!existsSync(ready)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(said);
    await wait(20);
  }
  const { port, pid } = JSON.parse(readFileSync(ready, "utf8")) as { port: number; pid: number };
  return {
    port,
    child,
    pid,
    log: () => said,
    ask: (path, body, options) => ask(port, path, body, options),
    end: (signal = "SIGTERM") => {
      child.kill(signal);
      return closed;
    },
  };
}

/** As `startApp`, for one test. */
export async function appForTest(...how: Parameters<typeof startApp>): Promise<ServedApp> {
  const app = await startApp(...how);
  onTestFinished(() => {
    app.child.kill("SIGKILL");
  });
  return app;
}

/** `body`: a text or bytes as they are, anything else as JSON; POST when there is one. */
export function ask(port: number, path: string, body?: unknown, options: AskOptions = {}): Promise<Told> {
  const { method = body === undefined ? "GET" : "POST", headers = {}, chunked = false } = options;
  const bytes = body === undefined || typeof body === "string" || body instanceof Buffer ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = httpRequest({
      host: "127.0.0.1",
      port,
      path,
      method,
      agent: false,
      headers: {
        "content-type": "application/json",
        ...(bytes === undefined || chunked ? {} : { "content-length": String(Buffer.byteLength(bytes)) }),
        ...headers,
      },
    });
    asked.on("error", reject);
    asked.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => {
        text += part;
      });
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode!, headers: response.headers, text, json: parsed(text) });
      });
    });
    if (chunked && bytes !== undefined) asked.write(bytes);
    asked.end(chunked ? undefined : bytes);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
