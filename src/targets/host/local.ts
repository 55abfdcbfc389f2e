/** This machine as a host: for targets whose jobs run here but apart from the recorder, and for Slurm's login node. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, lutimes, mkdir, rename, rm, symlink, utimes } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fsPath } from "../../ingest/spoolPath";
import { runChild } from "./child";
import type { Host } from "./contract";
import { explainFull } from "./full";
import { checked, type Entry, entriesAt, entriesBelow, entryAt, isBehindLink } from "./localFolder";

/** `env`: what programs get, default: ours. */
export function createLocalHost(env: NodeJS.ProcessEnv = process.env): Host {
  const inHome = (folder: string) =>
    /^~(?=\/|$)/.test(folder) ? path.join(env.HOME || os.homedir(), folder.slice(1)) : folder;
  return {
    name: "this machine",
    async exec(argv, options) {
      const { exitCode, signal, stdout, stderr, startError } = await runChild(argv, { ...options, env });
      if (startError) return { exitCode: 127, stdout, stderr: `${argv[0]}: ${startError}` };
      // As a shell tells it.
      return { exitCode: exitCode ?? 128 + (signal ? os.constants.signals[signal] : 0), stdout, stderr };
    },
    async push(local, remote, { files, signal, onProgress }) {
      const entries = files ? await entriesAt(local, files) : await entriesBelow(local);
      await explainFull("this machine", remote, () => copyEntries(local, inHome(remote), entries, signal, onProgress));
    },
    async pull(remote, local, files, { signal }) {
      await copyEntries(inHome(remote), local, await entriesAt(inHome(remote), files), signal);
    },
  };
}

async function copyEntries(
  from: string,
  to: string,
  entries: readonly Entry[],
  signal: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<void> {
  await mkdir(to, { recursive: true });
  let bytes = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    const there = await entryAt(to, entry.path);
    if ((there && isSame(entry, there)) || (await isBehindLink(to, entry.path))) continue;
    await copyEntry(from, to, entry, there);
    bytes += entry.size;
    onProgress?.(bytes);
  }
}

/** Times as far as `utimes` can set them. */
function isSame(one: Entry, other: Entry): boolean {
  if (one.kind !== other.kind || one.to !== other.to) return false;
  if (one.kind !== "file") return true;
  const apart = one.mtimeNs - other.mtimeNs;
  return one.size === other.size && one.mode === other.mode && apart < 1_000n && apart > -1_000n;
}

async function copyEntry(from: string, to: string, entry: Entry, there: Entry | undefined): Promise<void> {
  const target = fsPath(path.join(to, checked(entry.path)));
  if (there && there.kind !== entry.kind) await rm(target, { recursive: true });
  if (entry.kind === "folder") {
    await mkdir(target, { recursive: true });
    return;
  }
  await mkdir(fsPath(path.dirname(path.join(to, entry.path))), { recursive: true });
  const seconds = Number(entry.mtimeNs / 1000n) / 1e6;
  // Never half a file under its name.
  const part = fsPath(path.join(to, path.dirname(entry.path), `.modeltrail-${randomUUID()}.part`));
  try {
    if (entry.kind === "link") {
      await symlink(fsPath(entry.to!), part);
      await lutimes(part, seconds, seconds).catch(() => {});
    } else {
      await copyFile(fsPath(path.join(from, entry.path)), part, constants.COPYFILE_FICLONE);
      await chmod(part, entry.mode);
      await utimes(part, seconds, seconds);
    }
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
