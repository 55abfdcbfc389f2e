/** One request over HTTP to a server on this machine, with all of its answer. */
import { type Agent, type IncomingHttpHeaders, request } from "node:http";

export interface Call {
  host: string;
  port: number;
  path: string;
  method?: string;
  headers?: Readonly<Record<string, string | string[] | undefined>>;
  body?: string | Buffer;
  agent?: Agent;
  signal?: AbortSignal;
  /** Ms until the answer must be there in full. */
  limit?: number;
}

export interface CallAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** No answer came. */
export class NoAnswer extends Error {
  constructor(
    /** `refused`: nobody listens, nothing was sent. `lost`: the connection ended before the answer. `late`: beyond the limit. */
    readonly kind: "refused" | "lost" | "late",
    cause?: Error,
  ) {
    super(cause?.message ?? "The answer did not come in time.", { cause });
  }
}

/** Rejects with NoAnswer, or with the signal's reason. */
export function httpCall({
  host,
  port,
  path,
  method = "GET",
  headers,
  body,
  agent,
  signal,
  limit,
}: Call): Promise<CallAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const call = request({ host, port, path, method, headers: { ...headers, ...length }, agent, signal });
    const timer = limit === undefined ? undefined : setTimeout(() => call.destroy(new NoAnswer("late")), limit);
    const fail = (error: Error) => {
      clearTimeout(timer);
      if (signal?.aborted) reject(signal.reason);
      else reject(error instanceof NoAnswer ? error : new NoAnswer(isRefusal(error) ? "refused" : "lost", error));
    };
    call.on("error", fail);
    call.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        const whole = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
        resolve({ status: response.statusCode!, headers: response.headers, body: whole });
      });
    });
    call.end(body);
  });
}

function isRefusal(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
}
