/**
 * The bare repository in the store folder: it holds the code of folders that git does not know, and of repositories that
 * cannot be written to.
 */
import fs from "node:fs";
import path from "node:path";
import type { Gap } from "../../domain/run";
import { git } from "../git";
import { diskPath, type GitPath } from "../gitPath";
import { ENVIRONMENT_MARKS, TOOL_FOLDERS } from "./limits";
import { findRepository, type GitContext, type Repository } from "./repository";
import type { Untracked } from "./untracked";

/** A folder left out of the listing at once, because listing it last time took long for nothing. */
interface LeftOut {
  folder: GitPath;
  /** Null for a Python environment, which is no loss. */
  gap: Gap | null;
}

interface Memory {
  /** Ms since the epoch. */
  since: number;
  leftOut: LeftOut[];
}

/** How long a folder is taken to be still too heavy. */
const MEMORY_MS = 24 * 60 * 60 * 1000;

/** Makes the repository if absent and returns its git directory. Several recorders may do so at once. */
export async function ensureOwnRepository(
  storeFolder: string,
  context: GitContext,
  format: "sha1" | "sha256" = "sha1",
): Promise<string> {
  const gitDir = path.join(storeFolder, format === "sha1" ? "code.git" : "code-sha256.git");
  if (fs.existsSync(path.join(gitDir, "HEAD"))) return gitDir;
  fs.mkdirSync(storeFolder, { recursive: true });
  const temporary = fs.mkdtempSync(path.join(storeFolder, "code-new-"));
  // An empty template: the user's may bring hooks along.
  const objectFormat = format === "sha1" ? [] : ["--object-format=sha256"];
  await git(["init", "--bare", "--quiet", "--template=", ...objectFormat, temporary], { ...context, cwd: storeFolder });
  fs.mkdirSync(path.join(temporary, "info"), { recursive: true });
  try {
    fs.renameSync(temporary, gitDir);
  } catch (error) {
    fs.rmSync(temporary, { recursive: true, force: true });
    if (!fs.existsSync(path.join(gitDir, "HEAD"))) throw error;
  }
  return gitDir;
}

/** A git context that writes new objects beside the store and reads the user's. */
export async function borrowObjects(
  storeFolder: string,
  repository: Repository,
  context: GitContext,
): Promise<{ gitDir: string; context: GitContext }> {
  const format = repository.config.get("extensions.objectformat")?.toLowerCase() === "sha256" ? "sha256" : "sha1";
  const gitDir = await ensureOwnRepository(storeFolder, context, format);
  const theirs = path.join(repository.commonDir, "objects");
  const alternates = path.join(gitDir, "objects", "info", "alternates");
  const known = fs.existsSync(alternates) ? fs.readFileSync(alternates, "utf8") : "";
  if (!known.split("\n").includes(theirs)) {
    fs.mkdirSync(path.dirname(alternates), { recursive: true });
    fs.appendFileSync(alternates, `${theirs}\n`);
  }
  const env = { GIT_OBJECT_DIRECTORY: path.join(gitDir, "objects"), GIT_ALTERNATE_OBJECT_DIRECTORIES: theirs };
  return { gitDir, context: { ...context, env: { ...context.env, ...env } } };
}

/** Our own repository seen as one whose work tree is `root`, without index or HEAD: every file is untracked. */
export async function ownRepositoryAt(
  root: string,
  storeFolder: string,
  context: GitContext,
): Promise<{ repository: Repository; context: GitContext; gaps: Gap[] }> {
  const gitDir = await ensureOwnRepository(storeFolder, context);
  const memory = recall(gitDir, root);
  exclude(gitDir, memory.leftOut);
  const own = { ...context, cwd: root, env: { ...context.env, GIT_DIR: gitDir, GIT_WORK_TREE: root } };
  const found = await findRepository(own);
  const repository = { ...found, top: root, indexPath: path.join(gitDir, "index-none") };
  return { repository, context: own, gaps: memory.leftOut.flatMap(({ gap }) => gap ?? []) };
}

/** Remembers what was left out, so that the next run need not list it. */
export function rememberLeftOut(gitDir: string, root: string, untracked: Untracked): void {
  const fresh: LeftOut[] = [
    ...untracked.environments.map((folder) => ({ folder, gap: null })),
    ...untracked.heavy.filter(({ folder }) => folder !== ""),
  ];
  if (fresh.length === 0) return;
  const { since, leftOut } = recall(gitDir, root);
  const memory: Memory = { since: leftOut.length > 0 ? since : Date.now(), leftOut: [...leftOut, ...fresh] };
  const file = memoryFile(gitDir);
  fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(memory));
  fs.renameSync(`${file}.${process.pid}`, file);
}

const memoryFile = (gitDir: string) => path.join(gitDir, "left-out.json");

function recall(gitDir: string, root: string): Memory {
  try {
    const memory = JSON.parse(fs.readFileSync(memoryFile(gitDir), "utf8")) as Memory;
    if (Math.abs(Date.now() - memory.since) > MEMORY_MS) throw new Error("too old");
    const leftOut = memory.leftOut.filter(({ folder, gap }) => (gap ? true : isEnvironment(root, folder)));
    return { since: memory.since, leftOut };
  } catch {
    return { since: Date.now(), leftOut: [] };
  }
}

const isEnvironment = (root: string, folder: GitPath) =>
  ENVIRONMENT_MARKS.some((mark) => fs.existsSync(diskPath(root, `${folder}${mark}`)));

function exclude(gitDir: string, leftOut: readonly LeftOut[]): void {
  const escaped = (folder: GitPath) => `/${folder.replaceAll(/[\\*?[\]]/g, "\\$&")}`;
  const folders = leftOut.map(({ folder }) => folder).filter((folder) => !folder.includes("\n"));
  const lines = [...[...TOOL_FOLDERS].map((name) => `${name}/`), ...folders.map(escaped)];
  const content = `${lines.join("\n")}\n`;
  const file = path.join(gitDir, "info", "exclude");
  if (fs.existsSync(file) && fs.readFileSync(file, "latin1") === content) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}`, content, "latin1");
  fs.renameSync(`${file}.${process.pid}`, file);
}
