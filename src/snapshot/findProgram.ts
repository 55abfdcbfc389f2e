import fs from "node:fs";
import path from "node:path";

/** Where a program of this name is on the PATH of `env`: looking costs less than failing to start it. */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  // Windows spells it as it likes.
  const folders = (env.PATH ?? env.Path ?? "").split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, file)).find((candidate) => fs.existsSync(candidate));
}
