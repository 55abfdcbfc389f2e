/** One kernel at a time, by way of its bridge: what is asked of it is a promise, what it says a call. */
import { type Bridge, startBridge } from "./bridge";
import type { BridgeEvent } from "./bridgeMessages";
import { deathMessage } from "./deathMessage";

export interface KernelProcessOptions {
  /** Absolute path of its Python. */
  python: string;
  /** Of the bridge; the kernel's comes with `start`. */
  env: NodeJS.ProcessEnv;
  /** What executions show, and what they ask for. */
  onEvent(event: BridgeEvent): void;
  /** It ended without being asked to. Called before what was asked of it resolves. */
  onDeath(message: string): void;
}

/** "stopped": `stop` or `close` came in between. */
export type ExecutionEnd = "ok" | "error" | "dead" | "stopped";

export interface KernelProcess {
  /** Null while none lives. */
  readonly pid: number | null;
  /** Resolves when it answers, with its process id. Rejects with a sentence for a person. */
  start(env: Record<string, string>, cwd: string): Promise<number>;
  /** One at a time. Never rejects. */
  execute(code: string, options: { id: string; silent?: boolean; canAsk?: boolean }): Promise<ExecutionEnd>;
  interrupt(): void;
  input(text: string): void;
  /** Another can be started then. */
  stop(): Promise<void>;
  /** For good. */
  close(): Promise<void>;
}

export function createKernelProcess({ python, env, onEvent, onDeath }: KernelProcessOptions): KernelProcess {
  let bridge: Bridge | undefined;
  let pid: number | null = null;
  let isStarting = false;
  /** Who waits for one of the events by which something ends. */
  let waiting: (event: BridgeEvent) => void = () => {};
  let stopped: () => void = () => {};

  function open(): Bridge {
    bridge ??= startBridge({
      python,
      env,
      onEvent: take,
      onClose(error) {
        bridge = undefined;
        const output = error ? `${python}: ${error.message}` : "";
        if (pid !== null || isStarting) take({ e: "dead", code: null, signal: null, output, started: pid !== null });
        stopped();
      },
    });
    return bridge;
  }

  function take(event: BridgeEvent): void {
    if (event.e === "ready") pid = event.pid;
    if (event.e === "dead" || event.e === "stopped") pid = null;
    if (event.e === "dead" && !isStarting) onDeath(deathMessage(event));
    if (event.e === "stopped") stopped();
    if (event.e === "ready" || event.e === "dead" || event.e === "stopped" || event.e === "done") waiting(event);
    else onEvent(event);
  }

  /** Asks, and resolves with the event by which that ends. */
  function ask(request: Parameters<Bridge["send"]>[0]): Promise<BridgeEvent> {
    return new Promise((resolve) => {
      waiting = resolve;
      open().send(request);
    });
  }

  return {
    get pid() {
      return pid;
    },
    async start(kernelEnv, cwd) {
      isStarting = true;
      const event = await ask({ op: "start", env: kernelEnv, cwd }).finally(() => (isStarting = false));
      if (event.e === "ready") return event.pid;
      throw new Error(event.e === "dead" ? deathMessage(event) : "The kernel was stopped while it started.");
    },
    async execute(code, { id, silent = false, canAsk = false }) {
      if (pid === null) return "stopped";
      const event = await ask({ op: "execute", id, code, silent, stdin: canAsk });
      if (event.e === "done") return event.status === "ok" ? "ok" : "error";
      return event.e === "dead" ? "dead" : "stopped";
    },
    interrupt: () => bridge?.send({ op: "interrupt" }),
    input: (text) => bridge?.send({ op: "input", text }),
    async stop() {
      if (!bridge) return;
      const done = new Promise<void>((resolve) => (stopped = resolve));
      bridge.send({ op: "stop" });
      await done;
    },
    async close() {
      const open = bridge;
      if (!open) return;
      // Asked to: its end is no death.
      await this.stop();
      await open.close();
    },
  };
}
