/** What the stage of a job holds, so that the target can say what it lacks of it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fsPath } from "../../ingest/spoolPath";
import { type Entry, entriesBelow } from "../host/localFolder";

export interface StageList {
  /** Path, bytes, time, permissions, hash. The hash is null where reading the file would take long: size and time decide. */
  files: [path: string, size: number, mtimeNs: string, mode: number, sha256: string | null][];
  links: [path: string, target: string][];
  folders: string[];
}

/** Times of code are those of its restoring, so its content decides; reading so much costs less than sending it again. */
const HASHED_SIZE = 1 << 20;
const AT_ONCE = 16;

export async function listStage(stage: string): Promise<StageList> {
  const entries = await entriesBelow(stage);
  const files = entries.filter(({ kind }) => kind === "file");
  const list: StageList = {
    files: [],
    links: entries.filter(({ kind }) => kind === "link").map((entry) => [entry.path, entry.to!]),
    folders: entries.filter(({ kind }) => kind === "folder").map((entry) => entry.path),
  };
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE).map(async (entry) => fileOf(entry, await hashOf(stage, entry)));
    list.files.push(...(await Promise.all(some)));
  }
  return list;
}

/** Bytes of all files. */
export async function stageSize(stage: string): Promise<number> {
  return (await entriesBelow(stage)).reduce((sum, { size }) => sum + size, 0);
}

function fileOf({ path: name, size, mtimeNs, mode }: Entry, sha256: string | null): StageList["files"][number] {
  return [name, size, String(mtimeNs), mode, sha256];
}

async function hashOf(stage: string, { path: name, size }: Entry): Promise<string | null> {
  if (size > HASHED_SIZE) return null;
  const content = await readFile(fsPath(path.join(stage, name)));
  return createHash("sha256").update(content).digest("hex");
}
