/** Programs of ours on a machine: brought there when they are not there yet, and asked. */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import type { ExecOptions, Host, HostResult } from "./contract";
import { fromHome, IN_HOME } from "./inHome";

export interface RemoteProgram {
  /** For messages: "Jobs". */
  purpose: string;
  /** Where it is there, absolute or with `~/`: another folder for other files. */
  folder: string;
  /** A Python 3.8 or newer there. */
  python: string;
  /** Relative to `python/`, with `/`. */
  files: readonly string[];
  /** The one of them that is started. */
  main: string;
}

const ANSWER = "modeltrail-answer ";
const NOT_FOUND = 127;
/** Of Python, when it cannot open the file that it is to run. */
const NO_SUCH_SCRIPT = 2;

const pythonRoot = () => path.dirname(pythonFolder("agent"));

/** Those of folders of `python/`, relative to it. */
export function pythonFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(pythonRoot(), folder))
      .filter((name) => name.endsWith(".py"))
      .map((name) => `${folder}/${name}`),
  );
}

/** Another one for other files: what was started goes on with those that it was started with. */
export function versionOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(path.join(pythonRoot(), file)));
  return hash.digest("hex").slice(0, 12);
}

/** The command line that starts it, for whoever does so from the user's home folder. */
export function programCommand({ python, folder, main }: Omit<RemoteProgram, "files" | "purpose">): string[] {
  // Apart from the user's own packages and variables, and with names of files as bytes, whatever the language is.
  return [fromHome(python), "-I", "-S", "-X", "utf8", `${fromHome(folder)}/${main}`];
}

/** Runs it there, and sends it first when it is not there. Throws UserError when it cannot run, and HostUnreachable. */
export async function runProgram(
  host: Host,
  program: RemoteProgram,
  args: readonly string[],
  options: ExecOptions,
): Promise<HostResult> {
  const argv = [...IN_HOME, ...programCommand(program), ...args];
  let result = await host.exec(argv, options);
  if (result.exitCode === NO_SUCH_SCRIPT && result.stderr.includes(path.posix.basename(program.main))) {
    await send(host, program, options.signal);
    result = await host.exec(argv, options);
  }
  if (result.exitCode === NOT_FOUND) {
    throw new UserError(
      `There is no ${program.python} on ${host.name}. ${program.purpose} need Python 3.8 or newer there: install it, or name it with \`python\`.`,
    );
  }
  return result;
}

/** Whole or not at all: somebody else may need it at the same time. */
async function send(host: Host, { folder, python, files }: RemoteProgram, signal: AbortSignal): Promise<void> {
  const part = `${folder}-${randomUUID()}`;
  await host.push(pythonRoot(), part, { files, signal });
  const rename = "import os, shutil, sys\ntry: os.rename(*sys.argv[1:])\nexcept OSError: shutil.rmtree(sys.argv[1])";
  await host.exec([...IN_HOME, fromHome(python), "-c", rename, fromHome(part), fromHome(folder)], { signal });
}

/** What a program of ours answers, among whatever a login prints; undefined when it does not. */
export function readAnswer<Answer>(stdout: Buffer): Answer | undefined {
  const line = stdout
    .toString("utf8")
    .split("\n")
    .find((one) => one.startsWith(ANSWER));
  return line === undefined ? undefined : (JSON.parse(line.slice(ANSWER.length)) as Answer);
}

/** Why there is none. `what`: what it was to do. */
export function noAnswer({ exitCode, stderr }: HostResult, what: string): UserError {
  const said = stderr.trim().split("\n").slice(-3).join(" ") || `exit code ${exitCode}`;
  const full = /No space left|Disk quota/.test(said) ? " Its disk is full: free space there." : "";
  return new UserError(`${what}: ${said}.${full}`);
}
