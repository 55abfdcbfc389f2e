/** What a kernel is started with, and how a living one is told that another run begins. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { commandEnvironment } from "../process/environment";
import type { Recording } from "../recording";

/** As if the interpreter's environment had been activated, so that `!pip` and programs of it are found. */
export function activated(env: NodeJS.ProcessEnv, python: string): NodeJS.ProcessEnv {
  const folder = dirname(python);
  const prefix = dirname(folder);
  const name = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const isVenv = existsSync(join(prefix, "pyvenv.cfg"));
  return {
    ...env,
    [name]: [folder, env[name] ?? ""].filter(Boolean).join(delimiter),
    ...(isVenv ? { VIRTUAL_ENV: prefix } : {}),
  };
}

/** The whole environment of a kernel that works for `recording`; null: for none. */
export function kernelEnvironment(env: NodeJS.ProcessEnv, python: string, recording: Recording | null) {
  const plain = commandEnvironment(activated(env, python), recording?.tracer ?? null);
  return defined(recording?.lead(plain) ?? plain);
}

/** Of the environment of two runs, what a living kernel must have otherwise. */
export function changedVariables(
  before: Record<string, string>,
  after: Record<string, string>,
): Record<string, string> {
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  return Object.fromEntries(changed);
}

/** Python that hands these variables to the tracer and leaves no name behind. JSON of texts is Python. */
export function switchingCode(variables: Record<string, string>): string {
  return `__import__("sys").audit("modeltrail.run", ${JSON.stringify(variables)})`;
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
