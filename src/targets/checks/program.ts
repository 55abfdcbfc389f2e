/** Whether the program of a command is there. */
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { findProgram } from "../../snapshot/findProgram";
import type { Problem } from "../contract";

/** `cwd`: absolute. The program's file, or what is wrong. */
export function checkProgram(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): { program: string } | { problem: Problem } {
  const [name = ""] = command;
  const isPath = /[\\/]/.test(name);
  const program = isPath ? path.resolve(cwd, name) : findProgram(name, env);
  if (program && isProgram(program)) return { program };
  const message = isPath
    ? `${name} is not there, or is no program. Check the path${/python/.test(name) ? ", or choose another interpreter" : ""}.`
    : `There is no program "${name}" here. Install it, or give its path.`;
  return { problem: { severity: "error", message } };
}

function isProgram(file: string): boolean {
  try {
    if (process.platform !== "win32") accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
