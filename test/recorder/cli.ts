/** The real command, built from the sources once for all test files, and ways to run it. */
import { execFileSync, execFile as execFileWithCallback, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, inject } from "vitest";
import type { Store } from "../../src/store/contract";
import { openStore } from "../../src/store/open";

const execFile = promisify(execFileWithCallback);
const root = join(import.meta.dirname, "../..");
/** Python without the detour over a version manager's shim. */
export const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();

const built = inject("cliBuild");

/** Call at the top of a test file. */
export function useCli(): void {
  beforeAll(buildOnce);
}

/** Several processes may come here at once: one builds, the others wait for what it leaves, or says. */
async function buildOnce(): Promise<void> {
  const [dist, failure] = [join(built, "dist"), join(built, "failure")];
  if (!isFirst(join(built, "builder"))) {
    while (!existsSync(dist)) {
      if (existsSync(failure)) throw new Error(readFileSync(failure, "utf8"));
      await wait(50);
    }
    return;
  }
  try {
    symlinkSync(join(root, "python"), join(built, "python"));
    // As it ships: a package may be bundled in a way that fails only there.
    const programs = "cli,cli-main,hash-worker,table-worker";
    const unfinished = join(built, "unfinished");
    await execFile(process.execPath, [join(root, "scripts/build.mjs"), "--out", unfinished, "--only", programs]);
    renameSync(unfinished, dist);
  } catch (error) {
    writeFileSync(failure, String(error));
    throw error;
  }
}

function isFirst(mark: string): boolean {
  try {
    mkdirSync(mark);
    return true;
  } catch {
    return false;
  }
}

/** The command line that records `command`. */
export function recorded(command: string[], options: string[] = []): string[] {
  return [process.execPath, join(built, "dist/cli.js"), "run", ...options, "--", ...command];
}

/** The command line of `modeltrail …args`. */
export function modeltrail(...args: string[]): string[] {
  return [process.execPath, join(built, "dist/cli.js"), ...args];
}

export type StreamKind = "tty" | "pipe" | "file" | "null" | "same";

/** One thing the harness does, see harness.py. */
export type Step =
  | { await: string }
  | { send: string }
  | { resize: [rows: number, columns: number] }
  | { signal: number }
  | { group: number }
  | { pause: number }
  | { hangup: true }
  | { close: 1 | 2 };

export interface Session {
  command: string[];
  cwd: string;
  /** Of input, output and error; default pipes. */
  streams?: [StreamKind, StreamKind, StreamKind];
  size?: [rows: number, columns: number];
  input?: Buffer;
  steps?: Step[];
  env?: Record<string, string>;
}

export interface SessionResult {
  /** What the terminal showed, and what came out of pipes or files. */
  tty: Buffer;
  out: Buffer;
  err: Buffer;
  code: number | null;
  signal: number | null;
}

/** Little, and the same for all: nothing of the test runner's. */
export function baseEnvironment(home: string): Record<string, string> {
  const { PATH = "" } = process.env;
  return {
    PATH: `${join(python, "..")}:${PATH}`,
    HOME: home,
    LANG: "C.UTF-8",
    TERM: "xterm",
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

/** Runs a command with the given streams to its end. */
export async function runSession(session: Session): Promise<SessionResult> {
  const { streams = ["pipe", "pipe", "pipe"], input, env, ...rest } = session;
  const spec = {
    ...rest,
    streams,
    input: input?.toString("base64") ?? "",
    env: { ...baseEnvironment(session.cwd), ...env },
  };
  const child = spawn(python, ["-I", join(import.meta.dirname, "harness.py")], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(spec));
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${session.command.join(" ")}: ${Buffer.concat(errors).toString()}`);
  const result = JSON.parse(Buffer.concat(chunks).toString());
  const decode = (text: string) => Buffer.from(text, "base64");
  return { ...result, tty: decode(result.tty), out: decode(result.out), err: decode(result.err) };
}

/** A fresh folder for a project, with these files; removed when the tests are over. */
export function makeProject(files: Record<string, string | Buffer> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "modeltrail-project-")));
  projects.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const projects: string[] = [];
afterAll(() => {
  for (const folder of projects.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Lets `look` look at the store of a project. */
export function withStore<Result>(folder: string, look: (store: Store) => Result): Result {
  const store = openStore(folder, { create: false });
  try {
    return look(store);
  } finally {
    store.close();
  }
}
