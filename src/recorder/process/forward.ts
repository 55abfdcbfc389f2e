/** Handing bytes on to one of our own descriptors, without touching its state: others share it. */
import { write, writeSync } from "node:fs";
import type { Output } from "./outputs";

/** Takes bytes that stay unchanged until it is done. A promise when it has to wait; false when nobody reads any more. */
export type Forward = (data: Uint8Array) => boolean | Promise<boolean>;

const RETRY_MS = 5;

/**
 * Not `process.stdout`: that sets the descriptor to non-blocking for everyone who shares it. What can block is written
 * by Node's thread pool, so that a slow reader never keeps us from signals.
 */
export function createForward(output: Output): Forward {
  const target = output.descriptors[0]!;
  if (process.platform === "win32" && output.terminal) return windowsConsole(target);
  return output.canBlock ? (data) => writeAll(target, data) : (data) => writeAtOnce(target, data);
}

function writeAtOnce(target: number, data: Uint8Array): boolean {
  try {
    let written = 0;
    while (written < data.length) written += writeSync(target, data, written);
    return true;
  } catch {
    return false;
  }
}

function writeAll(target: number, data: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const next = (from: number) => {
      write(target, data, from, data.length - from, null, (error, written) => {
        if (error?.code === "EAGAIN") setTimeout(next, RETRY_MS, from);
        else if (error) resolve(false);
        else if (from + written < data.length) next(from + written);
        else resolve(true);
      });
    };
    next(0);
  });
}

/** A Windows console takes text, which Node makes of the bytes. */
function windowsConsole(target: number): Forward {
  const stream = target === 1 ? process.stdout : process.stderr;
  return (data) => new Promise((resolve) => stream.write(data, (error) => resolve(!error)));
}
