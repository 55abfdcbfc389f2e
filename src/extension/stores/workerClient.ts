/** The host's side of the store worker: started when first asked, and again after it died. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { type Channel, openChannel } from "../../protocol/channel";
import type { Log } from "../log";
import type { StoreApi, StoreChange, StoreEvents } from "../worker/api";

export interface WorkerClient extends vscode.Disposable {
  readonly call: Channel<StoreApi>["call"];
  readonly onDidChange: vscode.Event<StoreChange>;
  readonly onNotice: vscode.Event<{ root: string; message: string }>;
  /** The worker died: what it had open is closed. The next call starts another. */
  readonly onDidEnd: vscode.Event<void>;
}

interface RunningWorker {
  thread: Worker;
  channel: Channel<StoreApi>;
}

/** A worker that dies sooner than this after its start counts as broken; after so many in a row none is started for a while. */
const QUICK_END_MS = 5_000;
const MOST_QUICK_ENDS = 3;
const PAUSE_MS = 60_000;

export function createWorkerClient(distFolder: string, log: Log): WorkerClient {
  const changed = new vscode.EventEmitter<StoreChange>();
  const notice = new vscode.EventEmitter<{ root: string; message: string }>();
  const ended = new vscode.EventEmitter<void>();
  let running: RunningWorker | undefined;
  let disposed = false;
  let quickEnds = 0;
  let lastEnd = 0;

  function start(): RunningWorker {
    if (disposed) throw new vscode.CancellationError();
    if (quickEnds >= MOST_QUICK_ENDS && Date.now() - lastEnd < PAUSE_MS) {
      throw new UserError("Modeltrail's store worker keeps ending. Reload the window; the log says more.");
    }
    const startedAt = Date.now();
    const thread = new Worker(path.join(distFolder, "store-worker.js"));
    const channel = openChannel<StoreEvents, StoreApi>({
      port: {
        post: (message) => thread.postMessage(message),
        listen: (listener) => {
          thread.on("message", listener);
          return () => thread.off("message", listener);
        },
      },
      handlers: {
        changed: (change) => changed.fire(change),
        notice: (argument) => notice.fire(argument),
        fault: (message) => log.error("keep a store in view", message),
      },
      onFault: (error) => log.error("understand the store worker", error),
    });
    const started = { thread, channel };
    thread.on("error", (error) => log.error("go on with the store worker", error));
    thread.on("exit", (code) => {
      channel.close(new UserError("Modeltrail's store worker ended unexpectedly. Try again; the log says more."));
      if (running !== started) return;
      running = undefined;
      lastEnd = Date.now();
      quickEnds = lastEnd - startedAt < QUICK_END_MS ? quickEnds + 1 : 0;
      log.channel.error(`The store worker ended with code ${code}.`);
      ended.fire();
    });
    return started;
  }

  return {
    call: async (method, argument, signal) => {
      running ??= start();
      return running.channel.call(method, argument, signal);
    },
    onDidChange: changed.event,
    onNotice: notice.event,
    onDidEnd: ended.event,
    dispose() {
      disposed = true;
      const last = running;
      running = undefined;
      last?.channel.close(new vscode.CancellationError());
      void last?.thread.terminate();
      for (const emitter of [changed, notice, ended]) emitter.dispose();
    },
  };
}
