/**
 * The socket at which a gateway takes callers outlives it: its keeper holds it too, so that callers wait in the system's queue until
 * the next gateway is there, rather than being refused. It goes over the channel that Node has between a process and its child.
 */
import type { ChildProcess, SendHandle } from "node:child_process";
import { type EventEmitter, on, once } from "node:events";
import type { Server } from "node:http";
import type { Address } from "./listening";

/** What both sides send to. */
export type Channel = EventEmitter & Pick<ChildProcess, "send" | "connected">;

/** To the process that started this one; null: it wants none. */
export function channelToParent(): Channel | null {
  return process.send ? (process as unknown as Channel) : null;
}

/** A socket that listens and takes nobody, as Node has it inside of its servers. */
interface Socket {
  close(): void;
}

type Message =
  /** With the socket. The keeper tells its gateway `held: null` when it has none. */
  { held: Address | null } | { release: true } | { released: true };

/** The other side may just have died: who is left sees that otherwise. */
function send(channel: Channel, message: Message, socket?: unknown): void {
  if (channel.connected) channel.send(message, socket as SendHandle, () => {});
}

/** What a keeper that has a socket says at once; one that was just started by hand, never. */
const PATIENCE_MS = 2_000;

/** On Windows this was never tried: there, callers are refused for a moment. */
const isPossible = process.platform !== "win32";

/** What a keeper starts its gateway with, and a gateway its keeper. */
export const CHANNEL = isPossible ? (["ipc"] as const) : [];

interface Given {
  socket: Socket;
  address: Address;
}

export interface HeldSocket {
  /** Takes what a gateway gives, whether it is our child or has started us. */
  takeFrom(channel: Channel): void;
  /** To a gateway that was just started. */
  giveTo(channel: Channel): void;
  release(): void;
}

/** The keeper's side. */
export function holdSocket(): HeldSocket {
  let held: Given | null = null;

  function release(): void {
    held?.socket.close();
    held = null;
  }

  return {
    release,
    takeFrom(channel) {
      channel.on("message", (message: Message, socket?: unknown) => {
        if ("release" in message) {
          release();
          send(channel, { released: true });
        } else if ("held" in message && message.held && socket) {
          release();
          held = { socket: socket as Socket, address: message.held };
        }
      });
    },
    giveTo(channel) {
      send(channel, { held: held?.address ?? null }, held?.socket);
    },
  };
}

/** The gateway's side. */
export interface SocketKeeper {
  /** The socket at this address, when the keeper had it; once. */
  take(address: Address): Promise<Socket | null>;
  /** That this one listens there: the keeper holds its socket from now on, instead of another one. */
  hold(server: Server, address: Address): void;
  /** Resolves when nobody but us has the socket. */
  release(): Promise<void>;
  /** Another keeper is there. */
  useKeeper(channel: Channel): void;
}

/** `channel`: to the keeper that started this process, when one did; `given`: what came of `givenSocket`. */
export function socketKeeper(channel: Channel | null = null, given: Given | null = null): SocketKeeper {
  let keeper = channel;
  let inherited = given;
  let current: { server: Server; address: Address } | null = null;

  async function release(): Promise<void> {
    current = null;
    const asked = keeper;
    if (!asked?.connected) return;
    const over = new AbortController();
    const options = { signal: AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE_MS)]) };
    const told = (async () => {
      for await (const [message] of on(asked, "message", options)) if ("released" in message) return;
    })();
    const gone = once(asked, "disconnect", options);
    send(asked, { release: true });
    await Promise.race([told, gone]).catch(() => {});
    over.abort();
  }

  function hold(server: Server, { host, port }: Address): void {
    current = { server, address: { host, port } };
    if (keeper) send(keeper, { held: current.address }, (server as unknown as { _handle: unknown })._handle);
  }

  return {
    async take({ host, port }) {
      const found = inherited;
      inherited = null;
      if (found?.address.host === host && found.address.port === port) return found.socket;
      found?.socket.close();
      // Whatever the keeper has is not to stand in our way.
      await release();
      return null;
    },
    hold,
    release,
    useKeeper(next) {
      keeper = next;
      if (current) hold(current.server, current.address);
    },
  };
}

/** What the keeper has for the gateway that it has just started: resolves at once, as it says so first. */
export function givenSocket(keeper: Channel): Promise<Given | null> {
  return new Promise((resolve) => {
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      resolve(null);
    }, PATIENCE_MS);
    keeper.once("message", (message: Message, given?: unknown) => {
      clearTimeout(late);
      const socket = given as Socket | undefined;
      if (isLate) socket?.close();
      resolve(socket && "held" in message && message.held ? { socket, address: message.held } : null);
    });
  });
}
