import { statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../domain/errors";

/** The absolute path of a Python script of the project. Throws UserError for anything else: only those are started. */
export function scriptFile(root: string, script: string): string {
  const file = path.resolve(root, script);
  const relative = path.relative(root, file);
  if (relative.startsWith("..") || path.isAbsolute(relative)) {
    throw new UserError(`${script} lies outside of the project ${root}; only its own scripts are started.`);
  }
  if (!file.endsWith(".py") || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new UserError(`${script} is no Python script of the project. Give the path of a .py file from ${root}.`);
  }
  return file;
}
