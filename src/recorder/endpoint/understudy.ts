/**
 * The understudy: a process that holds the run's listening socket, and the ends of the pipes that the command prints to,
 * and does nothing while the recorder lives. When the recorder is killed it serves in its place, so that a training that
 * logs is not refused, and one that prints is not ended by a broken pipe. See standIn.ts for its part.
 */
import type { ChildProcess, SendHandle } from "node:child_process";
import type { Server } from "node:net";
import * as z from "zod/mini";

/** What the recorder tells it first, with the socket. */
export const Part = z.object({
  part: z.literal("understudy"),
  run: z.string(),
  port: z.int(),
  secret: z.string(),
  /** FIFOs that the command prints to. */
  fifos: z.array(z.string()),
});
export type Part = z.infer<typeof Part>;

/** What it may be told later. */
export const Word = z.union([
  /** Nobody reads what is printed there any more, so the command is to notice. */
  z.object({ broken: z.string() }),
  /** The run is over. */
  z.object({ over: z.literal(true) }),
]);
export type Word = z.infer<typeof Word>;

export interface Understudy {
  /** Nobody takes what the command prints to this FIFO any more. */
  broken(fifo: string): void;
  /** It is not needed any more. */
  dismiss(): void;
}

/** `child` was started with a channel for messages; without it, there is no understudy. */
export function instruct(child: ChildProcess, server: Server, part: Omit<Part, "part">): Understudy {
  const tell = (word: Word) => {
    if (child.connected) child.send(word, () => {});
  };
  child.on("error", () => {});
  child.unref();
  // The socket itself and not the server: that would begin to take connections at the other end.
  const socket = (server as unknown as { _handle: SendHandle })._handle;
  const words: Part = { part: "understudy", ...part };
  if (child.connected) child.send(words, socket, {}, () => child.channel?.unref());
  return {
    broken: (fifo) => tell({ broken: fifo }),
    dismiss() {
      tell({ over: true });
      if (child.connected) child.disconnect();
    },
  };
}
