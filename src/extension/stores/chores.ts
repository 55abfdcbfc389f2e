/** Starts long work in a thread of its own, and shows how far it is, with a way to cancel it. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import type * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { type Channel, openChannel } from "../../protocol/channel";
import { withCancel } from "../progress";
import type { ChoreApi, ChoreEvents, ChoreProgress } from "../worker/chores/api";

type Call = Channel<ChoreApi>["call"];

export interface Chores extends vscode.Disposable {
  /** Rejects with an AbortError when the user cancels. `title` says what is being done: "Restoring calm-otter…". */
  run<Name extends keyof ChoreApi & string>(
    title: string,
    method: Name,
    argument: Parameters<ChoreApi[Name]>[0],
  ): Promise<ReturnType<ChoreApi[Name]>>;
  /** The same for who shows nothing of it; `signal` cancels. */
  quietly<Name extends keyof ChoreApi & string>(
    method: Name,
    argument: Parameters<ChoreApi[Name]>[0],
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<ChoreApi[Name]>>>;
}

/** What tells `storeWorker.ts` to carry out a chore instead of serving the stores. */
const CHORE = "chore";
/** A cancelled chore has this long to tidy up. */
const TIDY_MS = 10_000;

export function createChores(distFolder: string): Chores {
  const threads = new Set<Worker>();

  function start(onProgress: (progress: ChoreProgress) => void): { call: Call; thread: Worker } {
    const thread = new Worker(path.join(distFolder, "store-worker.js"), { workerData: CHORE });
    const channel = openChannel<ChoreEvents, ChoreApi>({
      port: {
        post: (message) => thread.postMessage(message),
        listen: (listener) => {
          thread.on("message", listener);
          return () => thread.off("message", listener);
        },
      },
      handlers: { progress: onProgress },
      onFault: (error) => channel.close(error instanceof Error ? error : new Error(String(error))),
    });
    threads.add(thread);
    thread.on("error", (error) => channel.close(error instanceof Error ? error : new Error(String(error))));
    thread.on("exit", () => {
      threads.delete(thread);
      channel.close(new UserError("The work ended unexpectedly. Try again; the log says more."));
    });
    return { call: channel.call, thread };
  }

  function carryOut(method: keyof ChoreApi, argument: unknown, signal: AbortSignal, report = (_: ChoreProgress) => {}) {
    const { call, thread } = start(report);
    signal.addEventListener("abort", () => setTimeout(() => void thread.terminate(), TIDY_MS).unref());
    return call(method, argument as never, signal) as never;
  }

  return {
    run: (title, method, argument) => withCancel(title, (signal, report) => carryOut(method, argument, signal, report)),
    quietly: (method, argument, signal) => carryOut(method, argument, signal),
    dispose() {
      for (const thread of threads) void thread.terminate();
    },
  };
}
