/** The command of a run as it must be given in another folder, and the variables that it is given. */
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { UserError } from "../domain/errors";
import type { Run } from "../domain/run";
import { MASK } from "../domain/secrets";
import { recordedVariables } from "../snapshot/environment";
import { findProgram } from "../snapshot/findProgram";
import { type Move, moveText } from "./place";

/** The Python that the run is given. */
export interface Python {
  /** Absolute. */
  executable: string;
  /** Folders that come first on PYTHONPATH, so that the restored code is imported and not the project's. */
  importFolders: string[];
}

const PYTHON = /^(?:python|pypy)(?:w|\d+(?:\.\d+)*t?)?(?:\.exe)?$/i;

/** Variables for the run: ours now, but those that are recorded as they were. Its Python comes first on PATH. */
export function runEnvironment(
  run: Run,
  python: Python | null,
  move: Move,
  base: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const env = { ...base };
  for (const name of Object.keys(recordedVariables(base))) delete env[name];
  const recorded = Object.entries(run.snapshot.environment?.variables ?? {});
  for (const [name, value] of recorded) if (!value.includes(MASK)) env[name] = value;
  if (!python) return env;

  const folder = path.dirname(python.executable);
  const spelling = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  env[spelling] = joined([folder, env[spelling]]);
  const isVirtual = existsSync(path.join(folder, "..", "pyvenv.cfg"));
  if (isVirtual) env.VIRTUAL_ENV = path.dirname(folder);
  else delete env.VIRTUAL_ENV;
  const inherited = env.PYTHONPATH ? moveText(env.PYTHONPATH, move) : undefined;
  const searched = joined([...python.importFolders, inherited]);
  if (searched !== "") env.PYTHONPATH = searched;
  return env;
}

const joined = (parts: readonly (string | undefined)[]) => parts.filter(Boolean).join(path.delimiter);

/** `env`: what the command will be given. Throws UserError when the command was not stored whole. */
export function moveCommand(run: Run, python: Python | null, move: Move, env: NodeJS.ProcessEnv): string[] {
  const [program = "", ...words] = run.command;
  const masked = run.command.findIndex((word) => word.includes(MASK));
  if (masked >= 0) {
    const about = masked > 0 && run.command[masked] === MASK ? run.command[masked - 1] : run.command[masked];
    throw new UserError(
      `The command of ${run.name} holds a secret, which was not stored (${about}), so it cannot be run again as it was. Give secrets in environment variables, which a run gets from the terminal.`,
    );
  }
  return [moveProgram(program, run, python, move, env), ...words.map((word) => moveWord(word, run, move))];
}

/** Files of the environment are not restored: what lies in it stays where it is. */
function moveWord(word: string, { snapshot }: Run, move: Move): string {
  const executable = snapshot.environment?.executable;
  const prefix = executable ? path.dirname(path.dirname(executable)) : "";
  const isInside = prefix.startsWith(move.before.root + path.sep);
  return isInside && word.includes(prefix) ? word : moveText(word, move);
}

function moveProgram(program: string, run: Run, python: Python | null, move: Move, env: NodeJS.ProcessEnv): string {
  const isPath = /[\\/]/.test(program);
  if (python && PYTHON.test(path.basename(program))) {
    // Named as before when that means the same, so that the new run shows for a repeat.
    const found = isPath ? program : findProgram(program, env);
    return found !== undefined && isSame(found, python.executable) ? program : python.executable;
  }
  if (!isPath) return program;
  const restored = path.resolve(move.after.cwd, moveText(program, move));
  if (existsSync(restored)) return path.isAbsolute(program) ? restored : program;
  // A tool of the environment: torchrun, accelerate.
  const beside = python ? path.join(path.dirname(python.executable), path.basename(program)) : null;
  const recorded = run.snapshot.environment?.executable;
  const original = path.resolve(move.before.cwd, program);
  const isTool = recorded ? path.dirname(original) === path.dirname(recorded) : false;
  return isTool && beside !== null && existsSync(beside) ? beside : original;
}

/** The same program under the same environment: a link in a virtual environment is another one than what it links to. */
function isSame(one: string, other: string): boolean {
  try {
    const [a, b] = [one, other].map((file) => path.resolve(file));
    return a === b || (path.dirname(a!) === path.dirname(b!) && realpathSync(a!) === realpathSync(b!));
  } catch {
    return false;
  }
}
