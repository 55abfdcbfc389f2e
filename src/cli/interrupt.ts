/** Ctrl-C for commands that must clean up after themselves. */
import { UserError } from "../domain/errors";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Lets `action` end in order when the process is asked to stop. A second request ends it at once. */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    for (const name of SIGNALS) process.off(name, stop);
    controller.abort(new UserError("Interrupted. Nothing half done was left."));
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await action(controller.signal);
  } catch (error) {
    // Streams and processes tell of it in words of their own.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
