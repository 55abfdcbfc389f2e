/**
 * What starts a cloud's program. On Windows some are batch files, which nothing but a shell can start; a shell has no part in
 * what we do, so what they would start is started instead: a Python beside them.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { findProgram } from "../../snapshot/findProgram";

/** From the folder above that of the batch file. */
const BEHIND: Record<string, (root: string) => string[]> = {
  gcloud: (root) => [path.join(root, "platform", "bundledpython", "python.exe"), path.join(root, "lib", "gcloud.py")],
  az: (root) => [path.join(root, "python.exe"), "-IBm", "azure.cli"],
};

export function launcherOf(program: string, env: NodeJS.ProcessEnv, platform = process.platform): string[] {
  const behind = BEHIND[program];
  if (platform !== "win32" || !behind || findProgram(program, env)) return [program];
  const folders = (env.PATH ?? env.Path ?? "").split(path.delimiter).filter(Boolean);
  const folder = folders.find((one) => existsSync(path.join(one, `${program}.cmd`)));
  if (folder === undefined) return [program];
  const argv = behind(path.dirname(folder));
  return existsSync(argv[0]!) ? argv : [program];
}
