import { writeSync } from "node:fs";

/**
 * Keeps Node from making its own streams of our standard output and error. It makes them when they are first looked at,
 * which parts of Node itself do, and then sets the descriptors to non-blocking: for everyone who shares them, the shell's
 * other commands among them. What is printed by `console` from now on goes straight to the descriptor.
 */
export function leaveStandardStreams(): void {
  // There it is the console that is written to, and nothing is shared.
  if (process.platform === "win32") return;
  for (const [name, descriptor] of [["stdout", 1] as const, ["stderr", 2] as const]) {
    Object.defineProperty(process, name, { configurable: true, value: plainStream(descriptor) });
  }
}

/** As much of a stream as `console` asks for. */
function plainStream(descriptor: 1 | 2) {
  const nothing = () => {};
  return {
    isTTY: false,
    write(text: string | Uint8Array) {
      try {
        writeSync(descriptor, text.toString());
      } catch {}
      return true;
    },
    on: nothing,
    once: nothing,
    removeListener: nothing,
  };
}
