/** The Python packages that a job needs, for targets that make an environment for it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Environment } from "../domain/run";
import { describeCommand } from "../recorder/describe";
import { lockOf } from "../reproduce/lock";
import { readEnvironment } from "../snapshot/environment";
import { findProgram } from "../snapshot/findProgram";
import { askPython } from "../snapshot/pythonNow";
import type { JobPlan } from "./contract";

export interface Packages {
  /** Of the interpreter here, e.g. "3.11.7"; null when the command names none that is here. */
  python: string | null;
  /** Lines of a requirements file, without references to other files. */
  requirements: string[];
  /** Where they are from, for messages: a file of the project, or the interpreter here. */
  source: string;
}

/** The project's own list, beside where the command starts or above it; without one, exactly what the interpreter here has. */
export async function neededPackages(
  plan: Pick<JobPlan, "stage" | "cwd" | "command">,
  { env, storeFolder, signal }: { env: NodeJS.ProcessEnv; storeFolder: string; signal: AbortSignal },
): Promise<Packages> {
  const environment = await environmentHere(plan, env, storeFolder, signal);
  const python = environment?.python ?? null;
  const file = await findList(plan);
  if (file) return { python, requirements: await readList(plan.stage, file), source: file };
  if (!environment) return { python, requirements: [], source: "the image alone" };
  const { requirements } = lockOf(environment, [plan.stage]);
  return { python, requirements, source: environment.executable ?? "" };
}

async function environmentHere(
  { stage, cwd, command }: Pick<JobPlan, "stage" | "cwd" | "command">,
  env: NodeJS.ProcessEnv,
  storeFolder: string,
  signal: AbortSignal,
): Promise<Environment | null> {
  const folder = path.join(stage, cwd);
  const word = describeCommand([...command], folder, stage).isPython ? command[0]! : "python3";
  const program = word.includes("/") || path.isAbsolute(word) ? path.resolve(folder, word) : findProgram(word, env);
  const interpreter = program && (await askPython(program, env, signal).catch(() => null));
  signal.throwIfAborted();
  if (!interpreter) return null;
  return (await readEnvironment({ interpreter, modules: [], env, root: stage, storeFolder })).environment;
}

const LIST = "requirements.txt";

async function findList({ stage, cwd }: Pick<JobPlan, "stage" | "cwd">): Promise<string | undefined> {
  for (let folder = path.posix.normalize(cwd || "."); ; folder = path.posix.dirname(folder)) {
    const file = path.posix.join(folder, LIST);
    const found = await readFile(path.join(stage, file)).catch(() => null);
    if (found) return file;
    if (folder === "." || folder === "/") return undefined;
  }
}

/** With the lists that it refers to in its place, and without the project itself, whose code is there as it is. */
async function readList(stage: string, file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = await readFile(path.join(stage, file), "utf8").catch(() => "");
  const lines: string[] = [];
  for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    const words = line.replace(/(^|\s)#.*$/, "").trim();
    const other = /^(?:-r|--requirement)(?:\s+|=)(.+)$/.exec(words)?.[1];
    if (other) {
      lines.push(...(await readList(stage, path.posix.join(path.posix.dirname(file), other), seen)));
    } else if (words !== "" && !/^(?:-e|--editable)\b|^\.{1,2}(?:\/|$|\[)/.test(words)) lines.push(words);
  }
  return lines;
}
