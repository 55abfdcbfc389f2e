/** A kernel session for an editor: requests come in on standard input, events go out on standard output. */

import { readLines } from "./lines";
import { KernelRequest } from "./protocol";
import { createKernelSession, type KernelSessionOptions } from "./session";

export type ServeOptions = Omit<KernelSessionOptions, "onEvent" | "canAsk">;

/**
 * Until the editor's side of the pipe ends, however it does; then kernel and run are ended, and this resolves. What the
 * editor no longer reads is dropped.
 */
export async function serveKernel(options: ServeOptions): Promise<void> {
  let isRead = true;
  process.stdout.on("error", () => (isRead = false));
  const session = createKernelSession({
    ...options,
    canAsk: true,
    onEvent(event) {
      if (isRead) process.stdout.write(`${JSON.stringify(event)}\n`);
    },
  });

  function carryOut(request: KernelRequest): void {
    switch (request.op) {
      case "execute":
        void session.execute(request);
        return;
      case "interrupt":
        session.interrupt();
        return;
      case "restart":
        void session.restart();
        return;
      case "input":
        session.input(request.text);
        return;
      case "newRun":
        void session.newRun();
        return;
      case "layout":
        session.layout(request.layout);
        return;
    }
  }

  readLines(process.stdin, (line) => carryOut(KernelRequest.parse(JSON.parse(line))));
  // A terminal's Ctrl-C goes to the editor's whole group, and is not meant for us.
  process.on("SIGINT", () => {});
  await Promise.race([
    once(process.stdin, "end"),
    once(process.stdin, "close"),
    once(process, "SIGTERM"),
    once(process, "SIGHUP"),
  ]);
  isRead = false;
  await session.close("hangup");
}

function once(emitter: NodeJS.EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => emitter.once(event, () => resolve()));
}
