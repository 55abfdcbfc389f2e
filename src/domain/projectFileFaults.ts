/** What is wrong with a modeltrail.yaml, in words for who wrote it. */
import type * as z from "zod/mini";
import { ProjectFile } from "./projectFile";

export interface ProjectFileFault {
  /** Where it is, from the top of the file. */
  path: PropertyKey[];
  /** It is about the last key of the path, and not about its value. */
  isKey: boolean;
  /** A sentence without its full stop: "is not known". */
  message: string;
}

type Issue = z.core.$ZodIssue;

/** All faults of what a parser made of the file; `value` undefined or null: an empty one. */
export function projectFileFaults(value: unknown): ProjectFileFault[] {
  const { error } = ProjectFile.safeParse(value ?? {});
  return (error?.issues ?? []).flatMap((issue) => describe(issue as Issue, value, []));
}

function describe(issue: Issue, top: unknown, above: PropertyKey[]): ProjectFileFault[] {
  const path = [...above, ...issue.path];
  const fault = (message: string, at = path, isKey = false) => ({ path: at, isKey, message });
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => fault("is not known here", [...path, key], true));
    case "invalid_type":
      return [
        fault(valueAt(top, path) === undefined ? "is missing" : `has to be ${TYPES[issue.expected] ?? issue.expected}`),
      ];
    case "invalid_value":
      return [fault(oneOf(issue.values.map(String), valueAt(top, path)))];
    case "invalid_union":
      return describeUnion(issue, top, path);
    case "too_small":
      return [fault(tooSmall(issue))];
    case "too_big":
      return [fault(`has to be at most ${issue.maximum}`)];
    case "invalid_key":
      return [fault("is no name", path, true)];
    case "invalid_format":
      return [fault(`has to be ${issue.format}`)];
    default:
      return [fault(issue.message)];
  }
}

const TYPES: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
  array: "a list",
};

function describeUnion(
  issue: Issue & { code: "invalid_union" },
  top: unknown,
  path: PropertyKey[],
): ProjectFileFault[] {
  const { options } = issue as { options?: unknown[] };
  const value = valueAt(top, path);
  const here = (message: string) => [{ path, isKey: false, message }];
  if (value === undefined) return here("is missing");
  if (options) return here(oneOf(options.map(String), value));
  // The alternative that the value comes closest to tells more than that none fits.
  const told = issue.errors.map((issues) => issues.flatMap((inner) => describe(inner as Issue, top, path)));
  const deeper = told.find((faults) => faults.some((fault) => fault.path.length > path.length));
  if (deeper) return deeper;
  const wanted = [...new Set(told.flat().map(({ message }) => message.replace(/^has to be /, "")))];
  return here(`has to be ${wanted.join(", or ")}`);
}

function oneOf(options: string[], value: unknown): string {
  return value === undefined ? "is missing" : `has to be one of ${options.join(", ")}`;
}

function tooSmall({ origin, minimum, inclusive }: Issue & { code: "too_small" }): string {
  if (origin === "string" || origin === "array") return "must not be empty";
  return inclusive === false ? `has to be more than ${minimum}` : `has to be at least ${minimum}`;
}

function valueAt(top: unknown, path: readonly PropertyKey[]): unknown {
  let value = top;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
