import { accessSync, constants, existsSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";

/** A Python 3 to run our own small programs with: the quickest to start that can be found, null when there is none. */
export function findPython(env: NodeJS.ProcessEnv, command: string[]): string | null {
  const own = command[0] ?? "";
  const folders = (env.PATH ?? "").split(delimiter).filter(isAbsolute);
  const found = folders.map((folder) => join(folder, "python3")).filter(isProgram);
  const candidates = [
    ...(isAbsolute(own) && /^python3?(\.\d+)?$/.test(basename(own)) ? [own].filter(isProgram) : []),
    ...found.filter((path) => !isShim(path)),
    ...["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].filter(isProgram),
    ...found,
  ];
  return candidates.find((path) => !asksToBeInstalled(path)) ?? null;
}

/** Version managers put scripts into the PATH that take several times as long as the Python they start. */
function isShim(path: string): boolean {
  return basename(dirname(path)) === "shims";
}

/** macOS has a placeholder that opens a dialog as long as the developer tools are missing. */
function asksToBeInstalled(path: string): boolean {
  return (
    process.platform === "darwin" && path === "/usr/bin/python3" && !existsSync("/Library/Developer/CommandLineTools")
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
