/** Reading a request into its message. */
import type { IncomingMessage } from "node:http";
import { parse } from "node:querystring";
import { invalid, MlflowError } from "./errors";
import { type JsonObject, parseJson } from "./json";
import { isObject } from "./message";

/** MLflow's largest message is a dataset with a profile of 16 MB. */
export const BODY_LIMIT = 32 * 1024 * 1024;

/** The text of the body. Throws MlflowError for one above the limit, after having let it pass: a client that is cut off would try again. */
export async function readBody(request: IncomingMessage, limit = BODY_LIMIT): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > limit) throw new MlflowError("REQUEST_TOO_LARGE", `The request has ${size} bytes; the limit is ${limit}.`);
  return Buffer.concat(chunks).toString("utf8");
}

/** The message of a body. An empty one is the empty message; old clients put the JSON into a JSON string. */
export function parseBody(request: IncomingMessage, text: string): JsonObject {
  if (text === "" && request.headers["content-type"] === undefined) return {};
  // A form of a web page can be sent to any address, but not as this type.
  const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  if (type !== "application/json") {
    throw new MlflowError("BAD_REQUEST", "Bad Request. Content-Type must be one of ['application/json'].");
  }
  try {
    let value = text === "" ? {} : parseJson(text);
    if (typeof value === "string") value = value === "" ? {} : parseJson(value);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid("The request's body is not a JSON object.");
}

/** Fields that stand once are texts, repeated ones lists. */
export function parseQuery(query: string): JsonObject {
  return { ...parse(query, "&", "=", { maxKeys: 10_000 }) };
}
