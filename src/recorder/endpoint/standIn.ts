/** What the understudy does: waits, and serves when the recorder was killed, until the run's processes are gone. */
import { closeSync, constants, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ProcessIdentity, Store } from "../../store/contract";
import { isAlive, processIdentity } from "../../store/process";
import { openLog } from "../process/log";
import { startRelays } from "../process/relay";
import { recoverLostRuns } from "../recover";
import { findRunProcesses } from "../runProcesses";
import { Part, Word } from "./understudy";

const POLL_MS = 500;
/** Processes that end may leave others behind, which say a last word. */
const GRACE_MS = 500;

/** Plays the part that comes over the channel to who started us. Resolves when there is nothing to do any more. */
export async function standIn(openStore: () => Store): Promise<void> {
  const { part, socket, fifos, isOver } = await rehearse();
  if (!part || isOver()) return;
  const store = openStore();
  try {
    await play(store, part, socket, fifos);
  } finally {
    store.close();
  }
}

interface Rehearsed {
  part: Part | null;
  /** The listening socket, as the system's. */
  socket: unknown;
  /** Descriptors of reading ends by path. */
  fifos: Map<string, number>;
  isOver(): boolean;
}

/** Takes what it is handed and holds it until the channel closes: then the recorder is gone. */
function rehearse(): Promise<Rehearsed> {
  let part: Part | null = null;
  let socket: unknown;
  let over = false;
  const fifos = new Map<string, number>();
  process.on("message", (message, handle) => {
    const first = Part.safeParse(message).data;
    if (first) {
      part = first;
      socket = handle;
      for (const fifo of first.fifos) hold(fifo, fifos);
      return;
    }
    const word = Word.safeParse(message).data;
    if (word && "over" in word) over = true;
    else if (word) letGo(word.broken, fifos);
  });
  return new Promise((resolve) => {
    const end = () => resolve({ part, socket, fifos, isOver: () => over });
    if (process.connected) process.once("disconnect", end);
    else end();
  });
}

function hold(fifo: string, fifos: Map<string, number>): void {
  try {
    fifos.set(fifo, openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK));
  } catch {
    // It has been removed: the command is over.
  }
}

function letGo(fifo: string, fifos: Map<string, number>): void {
  const descriptor = fifos.get(fifo);
  if (descriptor !== undefined) closeSync(descriptor);
  fifos.delete(fifo);
}

async function play(store: Store, part: Part, socket: unknown, fifos: Map<string, number>): Promise<void> {
  const { run: id, port, secret } = part;
  const command = takeOver(store, id);
  // Its output goes on into the log; where it was forwarded to, nobody may be left.
  const log = openLog(store.logPath(id), () => {});
  const streams = [...fifos.values()].map((source) => ({ source, forward: () => true }));
  const relays = startRelays(streams, log);
  const { serveRun } = await import("./serve");
  const server = serveRun({ store, id, port, secret, onError: () => {} });
  const listener = createServer({ noDelay: true }, (client: Socket) => {
    client.on("error", () => {});
    server.take(client);
  });
  listener.on("error", () => {});
  listener.listen(socket as { fd: number });

  await untilGone(store, id, command);
  await wait(GRACE_MS);
  await untilGone(store, id, command);
  listener.close();
  const gaps = await server.close();
  await Promise.race([Promise.all(relays.map(({ closed }) => closed)), wait(GRACE_MS)]);
  log.close();
  if (gaps.length > 0) store.ingest(id, { gaps });
  for (const folder of new Set(part.fifos.map(dirname))) await rm(folder, { recursive: true, force: true });
  await recoverLostRuns(store);
}

/** Makes the runs ours that the recorder leaves, so that nobody ends them while the command goes on. Gives the command. */
function takeOver(store: Store, id: string): ProcessIdentity | null {
  const running = store.running();
  const ours = running.find((run) => run.id === id);
  if (!ours) return null;
  for (const { id: one, recorder } of running) {
    const same = recorder.pid === ours.recorder.pid && recorder.startToken === ours.recorder.startToken;
    if (same) store.claimRun(one, recorder, processIdentity());
  }
  return ours.process;
}

async function untilGone(store: Store, id: string, command: ProcessIdentity | null): Promise<void> {
  while ((command && isAlive(command)) || (await findRunProcesses(store, id, command)).length > 0) await wait(POLL_MS);
}
