/** Reading what a caller sends, up to a limit. */
import type { IncomingMessage } from "node:http";

/** Rejected requests, with what the caller is told. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Rejects with Refusal when it is larger than `most` bytes, and with another error when the caller goes away. */
export function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const told = Number(request.headers["content-length"] ?? 0);
  if (told > most) return Promise.reject(tooLarge(most));
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size > most) {
        request.pause();
        reject(tooLarge(most));
      } else parts.push(part);
    });
    request.on("end", () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("The caller went away.")));
  });
}

function tooLarge(most: number): Refusal {
  // The rest of it is not read: the connection ends.
  return new Refusal(413, `The request is larger than the ${most} bytes that this endpoint takes.`, {
    connection: "close",
  });
}
