/** What names and values may be, with MLflow's own words for what they may not: scripts and tests look for them. */
import { posix } from "node:path";
import { invalid, type MlflowError } from "./errors";

export const LIMITS = {
  metricsPerBatch: 1_000,
  paramsPerBatch: 100,
  tagsPerBatch: 100,
  entitiesPerBatch: 1_000,
  key: 250,
  paramValue: 6_000,
  tagValue: 8_000,
  experimentName: 500,
  experimentTagValue: 20_000,
  datasetName: 500,
  datasetDigest: 36,
  datasetSchema: 1_048_575,
  datasetSource: 65_535,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
} as const;

const CHARACTERS = /^[/\p{L}\p{N}\p{M}_.\- :]*$/u;
const CHARACTERS_HINT =
  "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";

/** The name of a metric, param or tag. `path` is the field, as `metrics[3].name`. */
export function checkName(name: string, path: string): void {
  if (!CHARACTERS.test(name)) throw invalidValue(path, name, CHARACTERS_HINT);
  // As a file, in other stores of MLflow's.
  const normal = name === "" ? "." : posix.normalize(name).replace(/(.)\/$/, "$1");
  if (normal !== name || normal === "." || normal.startsWith("..") || normal.startsWith("/")) {
    const hint = `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`;
    throw invalidValue(path, name, hint);
  }
}

/** `what` as MLflow calls it in the message. Characters are counted as Python counts them. */
export function checkLength(what: string, limit: number, text: string): void {
  if (text.length > limit && [...text].length > limit)
    throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
}

/** Long values of params and tags are cut, as MLflow does by default. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = [...text];
  return characters.length <= limit ? text : characters.slice(0, limit).join("");
}

export function checkExperimentName(name: string): void {
  if (name.trim() === "") throw invalid("Invalid experiment name: ''");
  checkLength("name", LIMITS.experimentName, name);
}

export function checkExperimentTag(key: string, value: string): void {
  checkName(key, "key");
  checkLength("key", LIMITS.key, key);
  checkLength("value", LIMITS.experimentTagValue, value);
}

export function checkBatch(what: string, limit: number, length: number): void {
  if (length > limit) {
    const hint = `Please split up ${what} across multiple requests and try again.`;
    throw invalid(`A batch logging request can contain at most ${limit} ${what}. Got ${length} ${what}. ${hint}`);
  }
}

export function invalidValue(path: string, value: unknown, hint?: string): MlflowError {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return invalid(`Invalid value ${shown} for parameter '${path}' supplied${hint ? `: ${hint}` : "."}`);
}
