/** Named pipes: Node gives its children sockets for pipes, and a program that opens /dev/stdout fails on a socket. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = ["out", "err", "control"] as const;

/** A private folder with a FIFO for each name. */
export interface Channels {
  folder: string;
  path(name: (typeof NAMES)[number]): string;
  remove(): void;
}

/**
 * Makes them; null where there are no FIFOs. Takes a few ms in a process of its own: begin early, await late.
 * Not in the store: that can be on a disk without FIFOs.
 */
export function makeChannels(): Promise<Channels | null> {
  if (process.platform === "win32") return Promise.resolve(null);
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), "modeltrail-"));
  } catch {
    return Promise.resolve(null);
  }
  const path = (name: string) => join(folder, name);
  const remove = () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {}
  };
  return new Promise((resolve) => {
    execFile("mkfifo", ["-m", "600", ...NAMES.map(path)], (error) => {
      if (error) remove();
      resolve(error ? null : { folder, path, remove });
    });
  });
}
