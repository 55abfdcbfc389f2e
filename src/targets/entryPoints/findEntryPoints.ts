/** Finds what can be started in a project. */
import path from "node:path";
import { PROJECT_FILE_NAME } from "../../domain/projectFileName";
import { readProjectFile } from "../../snapshot/projectFile";
import { type EntryPoint, type EntryPointFault, type EntryPoints, isFilePoint } from "./contract";
import { dvcStages, mlProjectPoints, projectEntries } from "./definitions";
import { listFiles } from "./listFiles";
import { fileEntryPoint } from "./scripts";

const MOST_FILES = 2_000;
/** So many are read at a time. */
const AT_ONCE = 16;

export async function findEntryPoints(root: string, signal?: AbortSignal): Promise<EntryPoints> {
  const faults: EntryPointFault[] = [];

  async function defined(file: string, read: () => Promise<EntryPoint[]>): Promise<EntryPoint[]> {
    try {
      return await read();
    } catch (error) {
      const [reason] = String(error instanceof Error ? error.message : error).split("\n");
      faults.push({ file, message: reason ?? "" });
      return [];
    }
  }

  async function inFile(file: string): Promise<EntryPoint[]> {
    const base = path.posix.basename(file);
    if (/^dvc\.yaml$/i.test(base)) return defined(file, () => dvcStages(root, file));
    if (/^MLproject$/i.test(base)) return defined(file, () => mlProjectPoints(root, file));
    const point = await fileEntryPoint(root, file);
    return point ? [point] : [];
  }

  const own = await defined(PROJECT_FILE_NAME, async () => projectEntries((await readProjectFile(root)).entries ?? {}));
  const { files, cut } = await listFiles(root, MOST_FILES, signal);
  const found: EntryPoint[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    found.push(...(await Promise.all(files.slice(at, at + AT_ONCE).map(inFile))).flat());
  }
  found.sort((a, b) => Number(isFilePoint(a)) - Number(isFilePoint(b)));
  return { points: [...own, ...found], faults, cut };
}
