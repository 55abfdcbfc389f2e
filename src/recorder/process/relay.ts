/** Takes what the command prints on one stream: into the log first, then on to where it would have gone. */

import { readSync } from "node:fs";
import { Socket } from "node:net";
import { now } from "../clock";
import type { Forward } from "./forward";
import type { LogWriter } from "./log";

const CHUNK = 1 << 16;
/** Smaller chunks than this, arriving faster than `RAPID_MS`, are let gather for `GATHER_MS`. */
const SMALL = CHUNK / 4;
const RAPID_MS = 2;
const GATHER_MS = 1;

export interface Relay {
  /** When every writer is gone, or nobody reads what we forward. */
  readonly closed: Promise<void>;
  readonly isClosed: boolean;
  /** Ms since bytes were last under way; 0 while some are. */
  quietFor(): number;
  /** Takes what is in the pipe by now and then leaves it alone. True when writers remain. */
  release(): Promise<boolean>;
  close(): void;
}

/** `source`: a descriptor of a FIFO in non-blocking mode, or the socket that Node made for a child. */
export function startRelay(source: number | Socket, log: LogWriter, forward: Forward): Relay {
  let forwarding = false;
  let forwarded: Promise<void> = Promise.resolve();
  let last = now();
  let released = false;
  // Two, for the one being forwarded must stay as it is.
  const buffers = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];

  /** False: no more until `resume`. */
  function take(data: Uint8Array): boolean {
    log.append(data);
    const done = forward(data);
    const time = now();
    const rapid = data.length < SMALL && time - last < RAPID_MS;
    last = time;
    if (done === false) {
      // Then the command gets SIGPIPE or EPIPE when it writes on, as it would without us.
      socket.destroy();
      return false;
    }
    if (done !== true) {
      forwarding = true;
      forwarded = done.then((delivered) => {
        forwarding = false;
        last = now();
        if (!delivered) socket.destroy();
        else if (rapid) setTimeout(resume, GATHER_MS);
        else resume();
      });
      return false;
    }
    if (rapid) setTimeout(resume, GATHER_MS);
    return !rapid;
  }

  function resume(): void {
    if (!released && !socket.destroyed) socket.resume();
  }

  let turn = 0;
  const socket =
    source instanceof Socket
      ? source
      : new Socket({
          fd: source,
          readable: true,
          writable: false,
          onread: {
            buffer: () => buffers[turn++ % 2]!,
            callback: (length, buffer) => take(buffer.subarray(0, length)),
          },
        });
  if (source instanceof Socket) source.on("data", (data: Buffer) => take(data) || source.pause());
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  // A read error (there is none on a pipe that anyone has seen) is followed by "close".
  socket.on("error", () => {});
  socket.resume();

  return {
    closed,
    get isClosed() {
      return socket.destroyed;
    },
    quietFor: () => (forwarding ? 0 : now() - last),
    async release() {
      released = true;
      socket.pause();
      await forwarded;
      if (source instanceof Socket) {
        source.destroy();
        return false;
      }
      while (!socket.destroyed) {
        const length = readNow(source, buffers[0]!);
        if (length === null) return true;
        if (length === 0) {
          socket.destroy();
          break;
        }
        take(buffers[0]!.subarray(0, length));
        await forwarded;
      }
      return false;
    },
    close: () => socket.destroy(),
  };
}

/** Bytes read; 0 at the end; null when there are none now. */
function readNow(descriptor: number, into: Uint8Array): number | null {
  try {
    return readSync(descriptor, into);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EAGAIN" ? null : 0;
  }
}
