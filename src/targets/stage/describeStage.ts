/** How much a job of a project would be sent, without sending it. */
import { lstat } from "node:fs/promises";
import path from "node:path";
import type { ProjectFile } from "../../domain/projectFile";
import { describeCommand } from "../../recorder/describe";
import { git } from "../../snapshot/git";
import { codeFiles } from "../checks/codeFiles";
import { type DataSources, dataToSend } from "./dataToSend";

export interface StageSize {
  codeFiles: number;
  codeBytes: number;
  dataFiles: number;
  dataBytes: number;
}

export interface DescribeStageOptions {
  project: ProjectFile;
  command: readonly string[];
  cwd: string;
  /** Globs that the target asks for. */
  globs: readonly string[];
  signal: AbortSignal;
}

/** So many files are looked at a time. */
const AT_ONCE = 64;

/** Null where the code is outside of git: what is taken of it is known only when it has been taken. */
export async function describeStage(
  store: DataSources["store"],
  { project, command, cwd, globs, signal }: DescribeStageOptions,
): Promise<StageSize | null> {
  const code = await codeOf(store.root, signal);
  if (!code) return null;
  const { script } = describeCommand([...command], cwd, store.root);
  const place = { root: code.top };
  const data = await dataToSend({ store, project, script, globs, code: { place, files: code.files } });
  for (const file of code.files) data.delete(path.join(code.top, file));
  const [ofCode, ofData] = [await sizes(code.files.map((file) => path.join(code.top, file))), await sizes([...data])];
  return { codeFiles: ofCode.files, codeBytes: ofCode.bytes, dataFiles: ofData.files, dataBytes: ofData.bytes };
}

/** Of the whole repository: its code is taken as one. */
async function codeOf(root: string, signal: AbortSignal): Promise<{ top: string; files: string[] } | null> {
  const top = await repositoryTop(root, signal);
  const files = top === null ? null : await codeFiles(top, signal);
  return top === null || files === null ? null : { top, files };
}

async function repositoryTop(root: string, signal: AbortSignal): Promise<string | null> {
  try {
    return (await git(["rev-parse", "--show-toplevel"], { cwd: root, signal })).stdout.toString().trim();
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

async function sizes(files: readonly string[]): Promise<{ files: number; bytes: number }> {
  const total = { files: 0, bytes: 0 };
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const stats = await Promise.all(files.slice(at, at + AT_ONCE).map((file) => lstat(file).catch(() => null)));
    for (const found of stats) {
      if (!found?.isFile()) continue;
      total.files++;
      total.bytes += found.size;
    }
  }
  return total;
}
