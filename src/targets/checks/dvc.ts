/** Data of DVC's that a job needs, or that others could not get. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod/mini";
import { isDvcFile, readDvcOutputs } from "../../snapshot/dvc";
import { findProgram } from "../../snapshot/findProgram";
import type { Problem } from "../contract";

const SHOWN = 5;
/** DVC takes seconds to start, and then asks its remote. */
const TIMEOUT_MS = 60_000;

/** What DVC tracks and is not here. `files`: of the code, relative to `root`, with `/`. */
export async function checkDvcData(root: string, files: readonly string[]): Promise<Problem[]> {
  const outputs = await readDvcOutputs(files.filter(isDvcFile).map((file) => path.join(root, file)));
  const missing = outputs
    .filter((output) => !existsSync(output.path))
    .map((output) => path.relative(root, output.path));
  if (missing.length === 0) return [];
  const message = `${list(missing)} ${missing.length === 1 ? "is" : "are"} tracked by DVC and not here. If the job needs ${missing.length === 1 ? "it" : "them"}: dvc pull`;
  return [{ severity: "warning", message }];
}

const Status = z.object({ not_in_remote: z.optional(z.array(z.string())) });

/** What DVC's remote does not have, by DVC itself; nothing where there is no DVC, or it does not know. */
export async function checkDvcRemote(root: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Problem[]> {
  const dvc = findProgram("dvc", env);
  if (!dvc || !existsSync(path.join(root, ".dvc", "config"))) return [];
  let answer: unknown;
  try {
    const words = ["data", "status", "--not-in-remote", "--json"];
    const options = {
      cwd: root,
      env: { ...env, DVC_NO_ANALYTICS: "1" },
      signal,
      timeout: TIMEOUT_MS,
      maxBuffer: 1 << 26,
    };
    answer = JSON.parse((await promisify(execFile)(dvc, words, options)).stdout);
  } catch {
    signal.throwIfAborted();
    return [];
  }
  const missing = Status.safeParse(answer).data?.not_in_remote ?? [];
  if (missing.length === 0) return [];
  const message = `${list(missing)} ${missing.length === 1 ? "is" : "are"} not in DVC's remote, so nobody else can run this again: dvc push`;
  return [{ severity: "warning", message }];
}

function list(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return names.slice(0, SHOWN).join(", ") + more;
}
