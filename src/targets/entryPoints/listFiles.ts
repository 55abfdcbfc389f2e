/** The files in which entry points may be. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { codeFiles } from "../checks/codeFiles";

/** Never somebody's own code. */
const FOREIGN = /(?:^|\/)(?:\.[^/]+|node_modules|__pycache__|venv|env|site-packages|build|dist|mlruns|wandb)\//;
const WANTED = /(?:^|\/)(?:[^/]+\.(?:py|ipynb)|dvc\.yaml|MLproject)$/i;

/** Paths relative to `root`, with `/`, shallow ones first, at most `limit`. */
export async function listFiles(
  root: string,
  limit: number,
  signal?: AbortSignal,
): Promise<{ files: string[]; cut: boolean }> {
  // A name that is no UTF-8 cannot be a word of a command.
  const known = (await codeFiles(root, signal))?.filter((name) => !name.includes("\ufffd"));
  const all = known ?? (await fromFolders(root, limit * 10));
  const wanted = all.filter((file) => WANTED.test(file) && !FOREIGN.test(file));
  const depth = (file: string) => file.split("/").length;
  const files = wanted.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  return { files: files.slice(0, limit), cut: files.length > limit };
}

async function fromFolders(root: string, limit: number): Promise<string[]> {
  const files: string[] = [];
  const folders = [""];
  for (const folder of folders) {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = `${folder}${entry.name}`;
      if (entry.isFile()) files.push(name);
      else if (entry.isDirectory() && !FOREIGN.test(`${name}/`)) folders.push(`${name}/`);
    }
    if (files.length >= limit) break;
  }
  return files;
}
