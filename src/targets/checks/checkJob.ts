/** What would keep a command from running here, or what its user should know before it is started anywhere. */
import { statSync } from "node:fs";
import path from "node:path";
import { describeCommand } from "../../recorder/describe";
import { readProjectFile } from "../../snapshot/projectFile";
import type { Problem } from "../contract";
import { findGpus } from "../queue/gpus";
import { codeFiles } from "./codeFiles";
import { checkDvcData, checkDvcRemote } from "./dvc";
import { checkImports } from "./imports";
import { checkProgram } from "./program";
import { checkDisk, checkGpus } from "./resources";
import { checkSecrets } from "./secrets";

export interface JobCheck {
  root: string;
  command: readonly string[];
  /** Absolute. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  gpus: number;
  signal: AbortSignal;
}

/** For a command on this machine: its program, packages, GPUs and disk. Takes a second; nothing of the project is executed. */
export async function checkHere({ root, command, cwd, env, gpus, signal }: JobCheck): Promise<Problem[]> {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return [{ severity: "error", message: `The folder ${cwd} is not there.` }];
  }
  const notebook = /\.ipynb$/i.test(command[0] ?? "");
  const found = notebook ? null : checkProgram(command, cwd, env);
  const problems = found && "problem" in found ? [found.problem] : [];
  const { script, isPython } = describeCommand([...command], cwd, root);
  if (found && "program" in found && isPython && script?.endsWith(".py")) {
    const file = path.join(root, script);
    problems.push(...(await checkImports({ python: found.program, script: file, root, env, signal })));
  }
  if (gpus > 0) {
    const { local } = await readProjectFile(root);
    problems.push(...checkGpus(gpus, (await findGpus(local?.gpus, env)).length, "this machine"));
  }
  return [...problems, ...(await checkDisk(root))];
}

/** For a job anywhere: what is wrong with the project itself. */
export async function checkProject({
  root,
  env,
  signal,
}: Pick<JobCheck, "root" | "env" | "signal">): Promise<Problem[]> {
  const files = (await codeFiles(root, signal)) ?? [];
  const [secrets, data, remote] = await Promise.all([
    checkSecrets(root, files),
    checkDvcData(root, files),
    checkDvcRemote(root, env, signal),
  ]);
  return [...secrets, ...data, ...remote];
}
