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

/** Where bytes come from, a descriptor of a FIFO in non-blocking mode or the socket that Node made; and where they go. */
export interface Stream {
  source: number | Socket;
  forward: Forward;
}

/**
 * Relays the streams of one command, so that the log has them in the order in which they were written, as far as can be
 * known: what comes on one stream is logged after what waits in the pipe of another that was left alone for a moment.
 */
export function startRelays(streams: Stream[], log: LogWriter): Relay[] {
  const relays = streams.map((stream): StartedRelay => {
    const relay = startRelay(stream, log, () => {
      for (const other of relays) if (other !== relay) other.catchUp();
    });
    return relay;
  });
  return relays;
}

interface StartedRelay extends Relay {
  /** Takes what waits in the pipe, if reading paused. One chunk at most beyond the one under way: writers shall wait. */
  catchUp(): void;
}

/** `first` is called before anything is logged that the event loop brings. */
function startRelay({ source, forward }: Stream, log: LogWriter, first: () => void): StartedRelay {
  /** Chunks that are being forwarded, or wait for those. */
  let underWay = 0;
  let forwarded: Promise<void> = Promise.resolve();
  let last = now();
  let released = false;
  /** Whether the pipe may hold bytes that the event loop would have brought by now, had reading not paused. */
  let behind = false;
  let brought = 0;
  // Two, for the one being forwarded must stay as it is; and one for what is caught up with meanwhile.
  const buffers = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  let spare: Buffer | null = null;
  let isSpareTaken = false;

  /** False: no more until `resume`. */
  function take(data: Uint8Array): boolean {
    log.append(data);
    const done = underWay === 0 ? forward(data) : forwarded.then(() => forward(data));
    const time = now();
    const rapid = data.length < SMALL && time - last < RAPID_MS;
    last = time;
    if (done === false) {
      // Then the command gets SIGPIPE or EPIPE when it writes on, as it would without us.
      socket.destroy();
      return false;
    }
    if (done !== true) {
      underWay++;
      forwarded = done.then((delivered) => {
        underWay--;
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
    if (underWay > 0 || released || socket.destroyed) return;
    socket.resume();
    const before = brought;
    // After this round the loop looks at the pipe again, and from the next on it brings streams in their order.
    setImmediate(() =>
      setImmediate(() => {
        if (brought === before) behind = false;
      }),
    );
  }

  function takeBrought(data: Uint8Array): boolean {
    first();
    brought++;
    const goOn = take(data);
    behind = !goOn;
    return goOn;
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
            callback: (length, buffer) => takeBrought(buffer.subarray(0, length)),
          },
        });
  if (source instanceof Socket) source.on("data", (data: Buffer) => takeBrought(data) || source.pause());
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  // A read error (there is none on a pipe that anyone has seen) is followed by "close".
  socket.on("error", () => {});
  socket.resume();

  return {
    closed,
    get isClosed() {
      return socket.destroyed;
    },
    quietFor: () => (underWay > 0 ? 0 : now() - last),
    catchUp() {
      if (source instanceof Socket || !behind || isSpareTaken || released || socket.destroyed) return;
      spare ??= Buffer.allocUnsafe(CHUNK);
      const length = readNow(source, spare);
      // The end is for the event loop to find.
      if (!length) return;
      take(spare.subarray(0, length));
      if (underWay === 0) return;
      isSpareTaken = true;
      forwarded.then(() => {
        isSpareTaken = false;
      });
    },
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
