/**
 * Reading the fields of a request. Unknown fields are ignored. A query's fields are read like a body's: all of them are
 * texts there, and one that is repeated is a list.
 */
import { invalid, type MlflowError } from "./errors";
import type { JsonObject } from "./json";

const SEE_DOCS = " See the API docs for more information about request parameters.";

/** The text, "" when absent. Throws MlflowError for anything else. */
export function textOf(message: JsonObject, name: string): string {
  return optionalText(message, name) ?? "";
}

export function optionalText(message: JsonObject, name: string): string | undefined {
  const value = single(message, name);
  if (value === undefined || typeof value === "string") return value;
  throw wrongType(name, value);
}

/** A text that is not empty. */
export function requiredText(message: JsonObject, name: string): string {
  const text = textOf(message, name);
  if (text === "") throw missingValue(name);
  return text;
}

/** The id of a run, also by the name that the field had in MLflow's first versions. */
export function runIdOf(message: JsonObject): string {
  return textOf(message, "run_id") || textOf(message, "run_uuid") || requiredText(message, "run_id");
}

/** A whole number; beyond 2^53 the nearest. */
export function optionalInteger(message: JsonObject, name: string): number | undefined {
  const value = single(message, name);
  if (value === undefined) return undefined;
  const number = typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === "bigint") return Number(number);
  if (typeof number === "number" && Number.isInteger(number)) return number;
  throw wrongType(name, value);
}

/** A number; NaN and the infinities come as texts. */
export function optionalDouble(message: JsonObject, name: string): number | undefined {
  const value = single(message, name);
  if (typeof value === "number" || value === undefined) return value;
  if (typeof value === "bigint") return Number(value);
  const named = { nan: Number.NaN, infinity: Infinity, inf: Infinity, "-infinity": -Infinity, "-inf": -Infinity };
  if (typeof value === "string") {
    const number = named[value.trim().toLowerCase() as keyof typeof named] ?? Number(value || "no number");
    if (!Number.isNaN(number) || value.trim().toLowerCase() === "nan") return number;
  }
  throw wrongType(name, value);
}

export function optionalFlag(message: JsonObject, name: string): boolean | undefined {
  const value = single(message, name);
  if (value === undefined || typeof value === "boolean") return value;
  // Python's own spelling comes in queries.
  const text = String(value).toLowerCase();
  if (text === "true" || text === "false") return text === "true";
  throw invalid(`Invalid boolean value: ${text}, must be 'true' or 'false'.`);
}

/** The name of an enum's value. Clients may send its number instead: the place in `names`, counted from `first`. */
export function optionalEnum<Name extends string>(
  message: JsonObject,
  name: string,
  names: readonly Name[],
  first = 1,
): Name | undefined {
  const value = single(message, name);
  if (value === undefined) return undefined;
  const place = /^\d+$/.test(String(value)) ? Number(value) - first : names.indexOf(value as Name);
  const found = names[place];
  if (found === undefined) throw wrongType(name, value);
  return found;
}

/** A repeated field of texts. */
export function textsOf(message: JsonObject, name: string): string[] {
  return listOf(message, name).map((item) => {
    if (typeof item !== "string") throw wrongType(name, item);
    return item;
  });
}

/** A repeated field of messages. */
export function messagesOf(message: JsonObject, name: string): JsonObject[] {
  return listOf(message, name).map((item) => {
    if (!isObject(item)) throw wrongType(name, item);
    return item;
  });
}

/** A field that is a message itself. */
export function optionalMessage(message: JsonObject, name: string): JsonObject | undefined {
  const value = message[name] ?? undefined;
  if (value === undefined || isObject(value)) return value;
  throw wrongType(name, value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(message: JsonObject, name: string): unknown[] {
  const value = message[name] ?? [];
  if (Array.isArray(value)) return value;
  // The one value of a repeated field in a query.
  if (typeof value === "string") return [value];
  throw wrongType(name, value);
}

function single(message: JsonObject, name: string): unknown {
  const value = Object.hasOwn(message, name) ? message[name] : undefined;
  return value === null ? undefined : value;
}

export function missingValue(name: string): MlflowError {
  return invalid(`Missing value for required parameter '${name}'.${SEE_DOCS}`);
}

function wrongType(name: string, value: unknown): MlflowError {
  const shown = JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? String(item) : item));
  return invalid(
    `Invalid value ${shown} for parameter '${name}' supplied: Hint: Value was of type '${typeof value}'.${SEE_DOCS}`,
  );
}
