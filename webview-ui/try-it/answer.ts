/** What an endpoint answered, for people. */
import type { TryAnswer } from "../../src/protocol/tryIt";

export interface ReadAnswer {
  /** In the order of the input; null when the body has none, or very many. */
  predictions: string[] | null;
  /** What the endpoint says is wrong; null when nothing is, or it does not say. */
  problem: string | null;
  /** The whole body, indented where it is JSON. */
  text: string;
}

const MOST_PREDICTIONS = 50;
/** A body that is indented takes more room: not worth it for long ones. */
const MOST_INDENTED = 200_000;

export function readAnswer({ status, body }: Pick<TryAnswer, "status" | "body">): ReadAnswer {
  const json = parse(body);
  if (json === undefined) return { predictions: null, problem: status < 300 ? null : body.trim() || null, text: body };
  const text = body.length > MOST_INDENTED ? body : JSON.stringify(json, null, 2);
  if (status >= 300) return { predictions: null, problem: problemIn(json), text };
  return { predictions: predictionsIn(json), problem: null, text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function predictionsIn(json: unknown): string[] | null {
  const found = typeof json === "object" && json !== null && "predictions" in json ? json.predictions : null;
  if (!Array.isArray(found) || found.length === 0 || found.length > MOST_PREDICTIONS) return null;
  return found.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
}

/** Where MLflow, KServe, FastAPI and we say it. */
function problemIn(json: unknown): string | null {
  if (typeof json !== "object" || json === null) return String(json);
  for (const key of ["message", "error", "detail"]) {
    const said = (json as Record<string, unknown>)[key];
    if (typeof said === "string") return said;
    if (typeof said === "object" && said !== null) return problemIn(said) ?? JSON.stringify(said);
  }
  return Array.isArray(json) && json.length > 0
    ? json.map((one) => problemIn(one) ?? JSON.stringify(one)).join("; ")
    : null;
}

const STATUS_WORDS: Record<number, string> = {
  200: "OK",
  400: "Bad Request",
  401: "Not Authorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Timed Out",
  413: "Too Large",
  415: "Not This Media Type",
  422: "Input Refused",
  429: "Too Many Requests",
  500: "Error of the Model",
  502: "No Answer of the Model",
  503: "Not Ready",
  504: "Timed Out",
};

export const statusInWords = (status: number): string => [status, STATUS_WORDS[status]].filter(Boolean).join(" ");

/** Three digits are more than a single request tells. */
export function timeInWords(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}
