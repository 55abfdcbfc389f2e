/**
 * Calls between two sides that can only post messages: the extension host and a worker thread or a webview. Both sides may
 * call; every call gets a reply or an error, can be cancelled, and fails when the other side goes away.
 */
import { UserError } from "../domain/errors";

export interface Port {
  post(message: unknown): void;
  /** Gives a function that ends the listening. */
  listen(listener: (message: unknown) => void): () => void;
}

/** What one side can be asked, by name. Each takes one argument. */
export type Methods<T> = { [Name in keyof T]: (argument: never) => unknown };
type Argument<F> = F extends (argument: infer A) => unknown ? A : never;
type Result<F> = F extends (argument: never) => infer R ? Awaited<R> : never;

export type Handlers<Api extends Methods<Api>> = {
  [Name in keyof Api]: (
    argument: Argument<Api[Name]>,
    signal: AbortSignal,
  ) => Result<Api[Name]> | Promise<Result<Api[Name]>>;
};

/** Look at what arrives, before it is used; they throw when it is not what was agreed on. */
export interface Checks {
  argument(method: string, value: unknown): unknown;
  result(method: string, value: unknown): unknown;
}

export interface Channel<Remote extends Methods<Remote>> {
  /** Rejects with the other side's UserError, with an AbortError once `signal` aborts, or when the channel is closed. */
  call<Name extends keyof Remote & string>(
    method: Name,
    argument: Argument<Remote[Name]>,
    signal?: AbortSignal,
  ): Promise<Result<Remote[Name]>>;
  /** A call whose reply is of no interest. */
  notify<Name extends keyof Remote & string>(method: Name, argument: Argument<Remote[Name]>): void;
  /** Fails what is under way, both what was asked here and there. */
  close(reason: Error): void;
}

export interface ChannelOptions<Local extends Methods<Local>> {
  port: Port;
  handlers: Handlers<Local>;
  checks?: Checks;
  /** Faults that no caller hears of: of notified methods, and frames that make no sense. */
  onFault(error: unknown): void;
}

type Frame =
  | { kind: "call"; id: number; method: string; argument: unknown }
  | { kind: "notify"; method: string; argument: unknown }
  | { kind: "result"; id: number; value: unknown }
  | { kind: "error"; id: number; error: SentError }
  | { kind: "cancel"; id: number };

interface SentError {
  name: string;
  message: string;
  stack?: string;
}

interface Pending {
  method: string;
  resolve(value: never): void;
  reject(error: Error): void;
}

export function openChannel<Local extends Methods<Local>, Remote extends Methods<Remote>>(
  options: ChannelOptions<Local>,
): Channel<Remote> {
  const { port, checks, onFault } = options;
  const handlers = options.handlers as Record<string, (argument: unknown, signal: AbortSignal) => unknown>;
  const asked = new Map<number, Pending>();
  const answering = new Map<number, AbortController>();
  let lastId = 0;
  let closed: Error | undefined;

  async function run(method: string, argument: unknown, signal: AbortSignal): Promise<unknown> {
    if (!Object.hasOwn(handlers, method)) throw new Error(`There is no method ${JSON.stringify(method)}.`);
    return handlers[method]!(checks ? checks.argument(method, argument) : argument, signal);
  }

  async function answer(id: number, method: string, argument: unknown): Promise<void> {
    const controller = new AbortController();
    answering.set(id, controller);
    let reply: Frame;
    try {
      reply = { kind: "result", id, value: await run(method, argument, controller.signal) };
    } catch (error) {
      reply = { kind: "error", id, error: toSent(error) };
    }
    answering.delete(id);
    if (!closed) port.post(reply);
  }

  function settle(id: number, settleWith: (pending: Pending) => void): void {
    const pending = asked.get(id);
    asked.delete(id);
    if (pending) settleWith(pending);
  }

  function receive(message: unknown): void {
    const frame = asFrame(message);
    switch (frame?.kind) {
      case undefined:
        onFault(new Error("A message arrived that is none of ours."));
        break;
      case "call":
        void answer(frame.id, frame.method, frame.argument);
        break;
      case "notify":
        run(frame.method, frame.argument, new AbortController().signal).catch(onFault);
        break;
      case "cancel":
        answering.get(frame.id)?.abort();
        break;
      case "error":
        settle(frame.id, ({ reject }) => reject(fromSent(frame.error)));
        break;
      case "result":
        settle(frame.id, ({ method, resolve, reject }) => {
          try {
            resolve((checks ? checks.result(method, frame.value) : frame.value) as never);
          } catch (error) {
            reject(error as Error);
          }
        });
        break;
    }
  }

  const stopListening = port.listen(receive);

  return {
    call(method, argument, signal) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(closed);
        if (signal?.aborted) return reject(abortError());
        const id = ++lastId;
        const cancel = () => {
          if (!asked.delete(id)) return;
          port.post({ kind: "cancel", id } satisfies Frame);
          reject(abortError());
        };
        const settled = <T>(settle: (value: T) => void) => {
          return (value: T) => {
            signal?.removeEventListener("abort", cancel);
            settle(value);
          };
        };
        signal?.addEventListener("abort", cancel);
        asked.set(id, { method, resolve: settled(resolve), reject: settled(reject) });
        port.post({ kind: "call", id, method, argument } satisfies Frame);
      });
    },
    notify(method, argument) {
      if (!closed) port.post({ kind: "notify", method, argument } satisfies Frame);
    },
    close(reason) {
      if (closed) return;
      closed = reason;
      stopListening();
      for (const controller of answering.values()) controller.abort();
      const pending = [...asked.values()];
      asked.clear();
      for (const { reject } of pending) reject(reason);
    },
  };
}

function abortError(): Error {
  const error = new Error("Cancelled.");
  error.name = "AbortError";
  return error;
}

export const isAbort = (error: unknown) => error instanceof Error && error.name === "AbortError";

function toSent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}

function fromSent({ name, message, stack }: SentError): Error {
  const error = name === "UserError" ? new UserError(message) : new Error(message);
  if (!(error instanceof UserError)) error.name = name;
  if (stack) error.stack = stack;
  return error;
}

/** Frames come from our own code, but through a page: look before use. */
function asFrame(message: unknown): Frame | undefined {
  if (typeof message !== "object" || message === null || !("kind" in message)) return undefined;
  const frame = message as Frame;
  const hasId = "id" in frame && Number.isSafeInteger(frame.id);
  switch (frame.kind) {
    case "call":
      return hasId && typeof frame.method === "string" ? frame : undefined;
    case "notify":
      return typeof frame.method === "string" ? frame : undefined;
    case "error":
      return hasId && typeof frame.error?.message === "string" ? frame : undefined;
    case "result":
    case "cancel":
      return hasId ? frame : undefined;
    default:
      return undefined;
  }
}
