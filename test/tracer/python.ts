/** Real Python interpreters for the tracer's tests, and runs of them with and without the tracer. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSpoolLine, type SpoolEvent, type SpoolEventOf } from "../../src/ingest/spoolEvent";

export const tracerFolder = fileURLToPath(new URL("../../python/tracer", import.meta.url));

export interface Python {
  /** E.g. "3.11.7". */
  version: string;
  minor: number;
  executable: string;
}

/** One interpreter per minor version from 3.8 on. */
export function findPythons(): Python[] {
  const found = findAll().filter(({ version }) => /^3\.([89]|\d\d)\./.test(version));
  if (found.length === 0) throw new Error("The tracer's tests need python3 (3.8 or newer) on PATH.");
  return found;
}

/** Interpreters that are too old to be traced. There may be none. */
export function findOldPythons(): Python[] {
  return findAll().filter(({ version }) => !/^3\.([89]|\d\d)\./.test(version));
}

/** Those of PATH, and of pyenv where it is installed. */
function findAll(): Python[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const candidates = ["python3", "python2"];
  for (let minor = 8; minor <= 20; minor++)
    candidates.push(...folders.map((folder) => join(folder, `python3.${minor}`)));
  for (const version of list(pyenv)) candidates.push(join(pyenv, version, "bin", "python"));
  const found = new Map<string, Python>();
  for (const candidate of candidates) {
    const python = look(candidate);
    const minor = python?.version.replace(/\.\d+$/, "");
    if (python && minor && !found.has(minor)) found.set(minor, python);
  }
  return [...found.values()].sort((a, b) => a.minor - b.minor);
}

/** A shim (pyenv's) is resolved to the interpreter behind it, so that what is measured is Python alone. */
function look(command: string): Python | undefined {
  try {
    const program = "import sys; print('%s\\n%d\\n%d\\n%d' % ((sys.executable,) + sys.version_info[:3]))";
    const output = execFileSync(command, ["-c", program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [executable, major, minor, patch] = output.trim().split("\n");
    return executable ? { executable, minor: Number(minor), version: `${major}.${minor}.${patch}` } : undefined;
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export interface Result {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: string | null;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  stdin?: string;
  /** Called with the process's id once it has written `on`: to send signals at a known moment. */
  when?: { on: string; act: (pid: number) => void };
}

/** Run without the tracer. Output is read as Latin-1, so that each byte is compared. */
export function runBare(python: Python, argv: string[], options: RunOptions): Promise<Result> {
  return run(python.executable, argv, { ...cleanEnv(), ...options.env }, options);
}

/** Run with the tracer, its spool in `spool`, the project being `cwd`. A PYTHONPATH in `env` comes after the tracer's. */
export function runTraced(python: Python, argv: string[], spool: string, options: RunOptions): Promise<Result> {
  const theirs = options.env?.PYTHONPATH;
  const env = {
    ...cleanEnv(),
    ...options.env,
    PYTHONPATH: theirs === undefined ? tracerFolder : tracerFolder + delimiter + theirs,
    MODELTRAIL_RUN_ID: "0".repeat(32),
    MODELTRAIL_SPOOL: spool,
    MODELTRAIL_ROOT: options.cwd,
  };
  return run(python.executable, argv, env, options);
}

function cleanEnv(): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...process.env };
  for (const name of Object.keys(env)) {
    if (name.startsWith("PYTHON") || name.startsWith("MODELTRAIL_")) env[name] = undefined;
  }
  return env;
}

function run(
  command: string,
  argv: string[],
  env: Record<string, string | undefined>,
  options: RunOptions,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { cwd: options.cwd, env });
    let stdout = "";
    let stderr = "";
    let told = false;
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      stdout += text;
      if (options.when && !told && stdout.includes(options.when.on)) {
        told = true;
        options.when.act(child.pid!);
      }
    });
    child.stderr.setEncoding("latin1").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ stdout, stderr, code, signal }));
    child.stdin.on("error", () => undefined); // the program may end without reading it
    child.stdin.end(options.stdin ?? "");
  });
}

/** A scratch folder with a project and a spool folder beside it. Paths are real ones, as Python shows them. */
export class Scratch {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), "modeltrail tracer ")));
  readonly project = join(this.base, "project");
  readonly spool = join(this.base, "spool");

  constructor() {
    this.clear();
  }

  /** Empty both folders. */
  clear(): void {
    for (const folder of [this.project, this.spool]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  }

  /** Forget what was traced. */
  clearSpool(): void {
    rmSync(this.spool, { recursive: true, force: true });
    mkdirSync(this.spool);
  }

  /** Write files of the project; returns the project's folder. */
  write(files: Record<string, string>): string {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.project, name)), { recursive: true });
      writeFileSync(join(this.project, name), content);
    }
    return this.project;
  }

  /** The spool's files, each a process, with the events as the recorder reads them. Throws on a damaged line. */
  processes(spool = this.spool): SpoolEvent[][] {
    return list(spool)
      .sort()
      .map((name) => {
        const lines = readFileSync(join(spool, name), "latin1").split("\n");
        if (lines.pop() !== "") throw new Error(`${name} ends in a torn line`);
        return lines.map((line) => {
          const event = parseSpoolLine(line);
          if (typeof event === "string") throw new Error(`${event} line in ${name}: ${line}`);
          return event;
        });
      });
  }

  /** Events of one kind, of all processes. */
  events<E extends SpoolEvent["e"]>(kind: E, spool = this.spool): SpoolEventOf<E>[] {
    return this.processes(spool)
      .flat()
      .filter((event): event is SpoolEventOf<E> => event.e === kind);
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}
