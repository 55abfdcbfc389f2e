/** A request to a cloud's address. */
import { UserError } from "../../domain/errors";
import type { Answer } from "../contract";

export interface Sent {
  method: "GET" | "POST";
  headers: Readonly<Record<string, string>>;
  body?: string | Buffer;
  signal: AbortSignal;
}

/** Whatever the answer is. Throws UserError when there is none. */
export async function send(url: URL, { method, headers, body, signal }: Sent): Promise<Answer> {
  try {
    const bytes = body === undefined || typeof body === "string" ? body : new Uint8Array(body);
    const answer = await fetch(url, { method, headers, signal, ...(bytes === undefined ? {} : { body: bytes }) });
    const told = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: told };
  } catch (error) {
    signal.throwIfAborted();
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new UserError(`${url.origin} does not answer: ${why}`, { cause: error });
  }
}
