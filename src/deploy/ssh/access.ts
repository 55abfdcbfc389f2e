/** Asking an endpoint on another machine: over ssh, so that it works wherever it listens, and no port is opened here. */
import { Agent } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { UserError } from "../../domain/errors";
import type { Access } from "../contract";
import { flat } from "../gateway/client";
import { httpCall, NoAnswer } from "../gateway/httpCall";
import { type EndpointHost, relay } from "./endpointProgram";

/** sshd gives one connection ten sessions. */
const MOST = 6;
/** Each connection is a process: none stays for long when nobody needs it. */
const IDLE_MS = 1_000;

interface Way {
  folder: string;
  /** One server, at its own port; null: the endpoint as callers reach it. */
  server: string | null;
  url: string | null;
  token: string | null;
  signal?: AbortSignal;
}

export function remoteAccess(on: EndpointHost, { folder, server, url, token, signal: always }: Way): Access {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST });
  Object.assign(agent, { createConnection: () => new Relayed(on, folder, server) });
  const shown = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    url,
    async request(path, { method, headers, body, signal = always } = {}) {
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const verb = method ?? (body === undefined ? "GET" : "POST");
      try {
        const all = { accept: "*/*", ...type, ...shown, ...headers };
        const answer = await httpCall({
          host: "localhost",
          port: 80,
          path,
          method: verb,
          headers: all,
          body,
          signal,
          agent,
        });
        return { ...answer, headers: flat(answer.headers) };
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (error.cause instanceof UserError) throw error.cause;
        throw new UserError(`The endpoint on ${on.host.name} does not answer.`, { cause: error });
      }
    },
  };
}

/** A connection through a program there, which speaks with the endpoint as if it were beside it. */
class Relayed extends Duplex {
  private readonly sent = new PassThrough();
  private readonly ending = new AbortController();
  private idle: NodeJS.Timeout | undefined;

  constructor(on: EndpointHost, folder: string, server: string | null) {
    super({ allowHalfOpen: false });
    relay(on, folder, server, {
      input: this.sent,
      onOutput: (chunk) => void this.push(chunk),
      signal: this.ending.signal,
    }).then(
      () => this.push(null),
      (error) => this.destroy(error),
    );
  }

  override _read(): void {}

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.sent.write(chunk, encoding)) done();
    else this.sent.once("drain", done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.sent.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.idle);
    this.ending.abort(new Error("The connection is not needed any more."));
    done(error);
  }

  // What an agent of node:http asks of a socket: `unref` when it is put aside, `ref` when it is taken again.
  unref(): this {
    this.idle = setTimeout(() => this.destroy(), IDLE_MS);
    return this;
  }
  ref(): this {
    clearTimeout(this.idle);
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
}
