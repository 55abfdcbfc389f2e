/** The parts of a bundle that are copies: the model's files and the app that serves them. */
import { constants, type Dirent } from "node:fs";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import type { ModelFiles } from "./modelFiles";

export const MODEL_FOLDER = "model";
const APP = "modeltrail_serve";

/** Without copying where the disk can (reflink). Throws what the file system says. */
export async function copyModel({ files }: ModelFiles, folder: string): Promise<void> {
  for (const { name, content } of files) {
    const to = path.join(folder, MODEL_FOLDER, ...name.split("/"));
    await mkdir(path.dirname(to), { recursive: true });
    if ("bytes" in content) await writeFile(to, content.bytes);
    else await copyFile(content.path, to, constants.COPYFILE_FICLONE);
  }
}

/** The app's Python files, and nothing that Python left beside them. */
export async function copyApp(folder: string): Promise<void> {
  const from = path.join(pythonFolder("serve"), APP);
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter(isSource)) {
    const file = path.join(entry.parentPath, entry.name);
    const to = path.join(folder, APP, path.relative(from, file));
    await mkdir(path.dirname(to), { recursive: true });
    await copyFile(file, to);
  }
}

const isSource = (entry: Dirent) => entry.isFile() && entry.name.endsWith(".py");
