/** The data that a project declares in its modeltrail.yaml: every run depends on it, whether or not it is seen opening it. */
import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import { PROJECT_FILE_NAME, ProjectFile } from "../domain/projectFile";
import type { Gap } from "../domain/run";

export interface DeclaredData {
  /** Absolute paths of files, in the order of their names. */
  files: string[];
  gaps: Gap[];
}

const NOT_DATA = new Set([".git", ".modeltrail", "node_modules", "__pycache__", ".venv"]);

/** Never throws: a project file that makes no sense is a gap that says so. */
export async function findDeclaredData(root: string): Promise<DeclaredData> {
  const file = path.join(root, PROJECT_FILE_NAME);
  if (!existsSync(file)) return { files: [], gaps: [] };
  try {
    const patterns = (await readProjectFile(file)).data ?? [];
    const found = await Promise.all(patterns.map((pattern) => expand(root, pattern)));
    const gaps = patterns.filter((_, at) => found[at]!.length === 0).map(nothingFits);
    return { files: [...new Set(found.flat())].sort(), gaps };
  } catch (error) {
    return { files: [], gaps: [unusable((error as Error).message)] };
  }
}

async function readProjectFile(file: string): Promise<ProjectFile> {
  const content = await readFile(file, "utf8");
  // Most project files are there for their place alone.
  if (/^(?:\s*(?:#.*)?(?:\n|$))*$/.test(content)) return {};
  const { parseYaml } = await import("./yaml");
  const parsed = ProjectFile.safeParse(parseYaml(content) ?? {});
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map(({ path: at, message }) => [at.join("."), message].filter(Boolean).join(": ")).join("; "),
    );
  }
  return parsed.data;
}

async function expand(root: string, pattern: string): Promise<string[]> {
  const files: string[] = [];
  const found = glob(pattern, { cwd: root, withFileTypes: true, exclude: (entry) => NOT_DATA.has(entry.name) });
  for await (const entry of found) {
    if (entry.isFile()) files.push(path.join(entry.parentPath, entry.name));
  }
  return files;
}

function nothingFits(pattern: string): Gap {
  const message = `No file fits "${pattern}", which ${PROJECT_FILE_NAME} declares as data. Correct the pattern or remove it.`;
  return { kind: "missing", path: pattern, message };
}

function unusable(reason: string): Gap {
  const message = `${PROJECT_FILE_NAME} could not be used, so the data that it declares was not looked at: ${reason}`;
  return { kind: "other", path: PROJECT_FILE_NAME, message };
}
