/** Whether a script's Python has the packages that it imports. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod/mini";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import type { Problem } from "../contract";

const Missing = z.array(z.object({ name: z.string(), file: z.string(), line: z.number() }));
const TIMEOUT_MS = 20_000;
/** As many are named. */
const SHOWN = 5;

export interface ImportCheck {
  /** The interpreter, and what stands between it and the script. */
  python: string;
  /** Absolute. */
  script: string;
  root: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Nothing of the script is executed. An interpreter that does not answer is not judged here. */
export async function checkImports({ python, script, root, env, signal }: ImportCheck): Promise<Problem[]> {
  const program = path.join(pythonFolder("checks"), "missing_imports.py");
  let text: string;
  try {
    const options = { env, signal, timeout: TIMEOUT_MS, cwd: path.dirname(script), windowsHide: true };
    text = (await promisify(execFile)(python, [program, script, root], options)).stdout;
  } catch {
    signal.throwIfAborted();
    return [];
  }
  const missing = Missing.parse(JSON.parse(text));
  if (missing.length === 0) return [];
  const named = missing.slice(0, SHOWN).map(({ name, file, line }) => `${name} (${file}, line ${line})`);
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : "";
  const message = `${python} does not have ${named.join(", ")}${more}. Install what is missing, or choose another interpreter.`;
  return [{ severity: "error", message }];
}
