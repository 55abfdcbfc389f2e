/** The agent on a machine: bringing it there, and asking it. */
import type { ExecOptions, Host, HostResult } from "../host/contract";
import { fromHome } from "../host/inHome";
import { noAnswer, programCommand, pythonFiles, readAnswer, runProgram, versionOf } from "../host/remoteProgram";
import type { Place } from "./contract";

export type AgentCommand = "prepare" | "start" | "run" | "status" | "follow" | "files" | "cancel" | "clean";

/** What goes there: the agent, and what it puts into the command's environment. */
const FOLDERS = ["agent", "tracer", "tracer/_modeltrail", "modeltrail"];
const MAIN = "agent/agent.py";

let files: string[] | undefined;
let version: string | undefined;

/** Relative to `python/`. */
export function agentFiles(): string[] {
  files ??= pythonFiles(FOLDERS);
  return files;
}

/** Changes with the agent: jobs that run go on with the one that they were started with. */
export function agentVersion(): string {
  version ??= versionOf(agentFiles());
  return version;
}

/** The command line that asks the agent, for whoever starts it from the user's home folder. */
export function agentCommand({ python, agent, folder }: Place, command: AgentCommand, ...args: string[]): string[] {
  return [...programCommand({ python, folder: agent, main: MAIN }), command, fromHome(folder), ...args];
}

/** Runs the agent there, which is sent first when it is not there. Throws UserError when it cannot run, and HostUnreachable. */
export function runAgent(
  host: Host,
  { python, agent, folder }: Place,
  command: AgentCommand,
  args: readonly string[],
  options: ExecOptions,
): Promise<HostResult> {
  const program = { purpose: "Jobs", folder: agent, python, files: agentFiles(), main: MAIN };
  return runProgram(host, program, [command, fromHome(folder), ...args], options);
}

/** What the agent answers. Throws UserError when it does not. */
export async function askAgent<Answer>(
  host: Host,
  place: Place,
  command: AgentCommand,
  { args = [], ...options }: { args?: readonly string[]; input?: string; signal: AbortSignal },
): Promise<Answer> {
  const result = await runAgent(host, place, command, args, options);
  const answer = readAnswer<Answer>(result.stdout);
  if (answer === undefined) throw noAnswer(result, `The job's agent on ${host.name} could not ${WORDS[command]}`);
  return answer;
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
