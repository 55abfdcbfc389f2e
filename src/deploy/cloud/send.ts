/** A request to a cloud's address. */
import { UserError } from "../../domain/errors";
import type { Answer } from "../contract";
import { inTime } from "./program";

export interface Sent {
  method: "GET" | "POST";
  headers: Readonly<Record<string, string>>;
  body?: string | Buffer;
  signal: AbortSignal;
}

/** Whatever the answer is. Throws UserError when there is none. */
export function send(url: URL, { method, headers, body, signal }: Sent): Promise<Answer> {
  return inTime(url.host, signal, async () => {
    const bytes = body === undefined || typeof body === "string" ? body : new Uint8Array(body);
    const options = { method, headers, signal, ...(bytes === undefined ? {} : { body: bytes }) };
    const answer = await fetch(url, options).catch((error) => {
      if (signal.aborted) throw error;
      const { cause, message } = error as Error;
      const why = cause instanceof Error ? cause.message : message;
      throw new UserError(`${url.origin} does not answer: ${why}`, { cause: error });
    });
    const told = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: told };
  });
}
