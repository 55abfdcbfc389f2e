/** The agent on a machine: bringing it there, and asking it. */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import type { ExecOptions, Host, HostResult } from "../host/contract";
import { fromHome, IN_HOME } from "../host/inHome";
import type { Place } from "./contract";

export type AgentCommand = "prepare" | "start" | "run" | "status" | "follow" | "files" | "cancel" | "clean";

/** What goes there: the agent, and what it puts into the command's environment. */
const FOLDERS = ["agent", "tracer", "tracer/_modeltrail", "modeltrail"];
const ANSWER = "modeltrail-answer ";
const NOT_FOUND = 127;
/** Of Python, when it cannot open the file that it is to run. */
const NO_SUCH_SCRIPT = 2;

let files: string[] | undefined;
let version: string | undefined;

/** Relative to `python/`. */
export function agentFiles(): string[] {
  files ??= FOLDERS.flatMap((folder) =>
    readdirSync(path.join(pythonRoot(), folder))
      .filter((name) => name.endsWith(".py"))
      .map((name) => `${folder}/${name}`),
  );
  return files;
}

/** Changes with the agent: jobs that run go on with the one that they were started with. */
export function agentVersion(): string {
  if (version === undefined) {
    const hash = createHash("sha256");
    for (const file of agentFiles()) hash.update(file).update(readFileSync(path.join(pythonRoot(), file)));
    version = hash.digest("hex").slice(0, 12);
  }
  return version;
}

function pythonRoot(): string {
  return path.dirname(pythonFolder("agent"));
}

/** The command line that asks the agent, for whoever starts it from the user's home folder. */
export function agentCommand({ python, agent, folder }: Place, command: AgentCommand, ...args: string[]): string[] {
  // Apart from the user's own packages and variables, and with names of files as bytes, whatever the language is.
  const start = [fromHome(python), "-I", "-S", "-X", "utf8", `${fromHome(agent)}/agent/agent.py`];
  return [...start, command, fromHome(folder), ...args];
}

/** Runs the agent there, which is sent first when it is not there. Throws UserError when it cannot run, and HostUnreachable. */
export async function runAgent(
  host: Host,
  place: Place,
  command: AgentCommand,
  args: readonly string[],
  options: ExecOptions,
): Promise<HostResult> {
  const argv = [...IN_HOME, ...agentCommand(place, command, ...args)];
  let result = await host.exec(argv, options);
  if (result.exitCode === NO_SUCH_SCRIPT && result.stderr.includes("agent.py")) {
    await sendAgent(host, place, options.signal);
    result = await host.exec(argv, options);
  }
  if (result.exitCode === NOT_FOUND) {
    throw new UserError(
      `There is no ${place.python} on ${host.name}. Jobs need Python 3.8 or newer there: install it, or name it with \`python\`.`,
    );
  }
  return result;
}

/** Whole or not at all: another job may need it at the same time. */
async function sendAgent(host: Host, { agent, python }: Place, signal: AbortSignal): Promise<void> {
  const part = `${agent}-${randomUUID()}`;
  await host.push(pythonRoot(), part, { files: agentFiles(), signal });
  const rename = "import os, shutil, sys\ntry: os.rename(*sys.argv[1:])\nexcept OSError: shutil.rmtree(sys.argv[1])";
  await host.exec([...IN_HOME, fromHome(python), "-c", rename, fromHome(part), fromHome(agent)], { signal });
}

/** What the agent answers. Throws UserError when it does not. */
export async function askAgent<Answer>(
  host: Host,
  place: Place,
  command: AgentCommand,
  { args = [], ...options }: { args?: readonly string[]; input?: string; signal: AbortSignal },
): Promise<Answer> {
  const { exitCode, stdout, stderr } = await runAgent(host, place, command, args, options);
  return readAnswer<Answer>(stdout) ?? noAnswer(host, command, exitCode, stderr);
}

/** Among whatever a login prints. */
export function readAnswer<Answer>(stdout: Buffer): Answer | undefined {
  const line = stdout
    .toString("utf8")
    .split("\n")
    .find((one) => one.startsWith(ANSWER));
  return line === undefined ? undefined : (JSON.parse(line.slice(ANSWER.length)) as Answer);
}

function noAnswer(host: Host, command: AgentCommand, exitCode: number, stderr: string): never {
  const said = stderr.trim().split("\n").slice(-3).join(" ") || `exit code ${exitCode}`;
  const full = /No space left|Disk quota/.test(said) ? " Its disk is full: free space there." : "";
  throw new UserError(`The job's agent on ${host.name} could not ${WORDS[command]}: ${said}.${full}`);
}

const WORDS: Record<AgentCommand, string> = {
  prepare: "make the job ready",
  start: "start the job",
  run: "run the job",
  status: "say how the job stands",
  follow: "follow the job",
  files: "list the job's files",
  cancel: "end the job",
  clean: "remove the job's files",
};
