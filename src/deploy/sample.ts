/** The sample of a bundle: a request that the model is known to answer, and what it answered when the bundle was made. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../domain/errors";
import type { ReadyBundle } from "./contract";

export interface Sample {
  /** A body for `/invocations`. */
  request: Record<string, unknown>;
  /** `{"predictions": […]}`; null: nobody knows what it should answer. */
  response: unknown;
}

/** Null: the bundle has none. Throws UserError when it cannot be read. */
export async function readSample({
  folder,
  manifest,
}: Pick<ReadyBundle, "folder" | "manifest">): Promise<Sample | null> {
  if (manifest.sample === null) return null;
  const file = join(folder, manifest.sample);
  try {
    return JSON.parse(await readFile(file, "utf8")) as Sample;
  } catch (error) {
    throw new UserError(`The sample of the bundle, ${file}, cannot be read: ${(error as Error).message}`);
  }
}

/** Numbers of float32 models on another machine differ by about this much. */
const TOLERANCE = 1e-4;

/**
 * How an answer differs from the one that is expected, with the place; null when it does not. Numbers may differ by 0.01 % (of
 * the larger) or by 1e-6; answers without a number where one is expected differ.
 */
export function difference(expected: unknown, actual: unknown, place = "the answer"): string | null {
  if (typeof expected === "number" && typeof actual === "number") {
    const near =
      Math.abs(expected - actual) <= Math.max(TOLERANCE * Math.max(Math.abs(expected), Math.abs(actual)), 1e-6);
    return near ? null : `${place} is ${actual}, not ${expected}`;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${place} is no list`;
    if (actual.length !== expected.length) return `${place} has ${actual.length} values, not ${expected.length}`;
    return first(expected.map((value, at) => difference(value, actual[at], `${place}[${at}]`)));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null || Array.isArray(actual)) return `${place} is no object`;
    const theirs = actual as Record<string, unknown>;
    return first(
      Object.entries(expected).map(([key, value]) =>
        key in theirs ? difference(value, theirs[key], `${place}.${key}`) : `${place} has no "${key}"`,
      ),
    );
  }
  return expected === actual ? null : `${place} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`;
}

function first(differences: (string | null)[]): string | null {
  return differences.find((found) => found !== null) ?? null;
}

/** Where an answer has a number that is none (JSON has no NaN: null, or a text), and null when nowhere. */
export function missingNumber(value: unknown, place = "the answer"): string | null {
  if (value === null || value === "NaN" || value === "Infinity" || value === "-Infinity") return `${place} is ${value}`;
  if (typeof value !== "object") return null;
  return first(Object.entries(value).map(([key, inner]) => missingNumber(inner, `${place}.${key}`)));
}
