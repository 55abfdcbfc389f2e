/** Named pipes: Node gives its children sockets for pipes, and a program that opens /dev/stdout fails on a socket. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = ["out", "err", "control"] as const;

/** A private folder with a FIFO for each name. */
export interface Channels {
  folder: string;
  path(name: (typeof NAMES)[number]): string;
  /** The process that made them, which now waits for the end of its input: see witness.ts. */
  maker: ChildProcess;
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
  // "made" is said on the way to waiting. One process for both, since starting one is what costs.
  const script = 'mkfifo -m 600 "$@" && echo made && exec cat >/dev/null';
  const maker = spawn("sh", ["-c", script, "sh", ...NAMES.map(path)], { stdio: ["pipe", "pipe", "ignore"] });
  const remove = () => {
    maker.kill("SIGKILL");
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {}
  };
  return new Promise((resolve) => {
    const fail = () => {
      remove();
      resolve(null);
    };
    maker.once("error", fail);
    maker.stdin.on("error", () => {});
    maker.stdout.once("end", fail);
    maker.stdout.once("data", () => {
      maker.stdout.off("end", fail).destroy();
      resolve({ folder, path, maker, remove });
    });
  });
}
