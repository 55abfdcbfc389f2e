/** Reads a project's `modeltrail.yaml`. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ProjectFile } from "../domain/projectFile";
import { PROJECT_FILE_NAME } from "../domain/projectFileName";

/** What the project file says; nothing when there is none. Throws an Error of one line when it makes no sense. */
export async function readProjectFile(root: string): Promise<ProjectFile> {
  const file = path.join(root, PROJECT_FILE_NAME);
  if (!existsSync(file)) return {};
  const content = await readFile(file, "utf8");
  // Most project files are there for their place alone.
  if (/^(?:\s*(?:#.*)?(?:\n|$))*$/.test(content)) return {};
  const [{ parseYaml, yamlLine }, schema] = await Promise.all([import("./yaml"), import("../domain/projectFile")]);
  const value = parseYaml(content);
  const parsed = schema.ProjectFile.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const { projectFileFaults } = await import("../domain/projectFileFaults");
  const reasons = projectFileFaults(value).map(({ path: at, message }) => {
    const line = yamlLine(content, at);
    return `${at.join(".")}${line === undefined ? "" : ` (line ${line})`} ${message}`.trim();
  });
  throw new Error(reasons.join("; "));
}

/** The line of the project file, from 1, where what is at this path stands. */
export async function projectFileLine(root: string, at: readonly PropertyKey[]): Promise<number | undefined> {
  const { yamlLine } = await import("./yaml");
  return yamlLine(await readFile(path.join(root, PROJECT_FILE_NAME), "utf8"), at);
}
