/** What names of the registry may be, in MLflow's words, and how its things look on the wire. */
import { posix } from "node:path";
import { type Model, type ModelVersion, STAGES, type Stage } from "../../store/registry/contract";
import { invalid } from "./errors";
import type { JsonObject } from "./json";
import { checkLength, checkName, invalidValue, LIMITS } from "./limits";
import { messagesOf, missingValue, requiredText, textOf } from "./message";
import { writePairs } from "./writeRun";

const TAG_VALUE_LIMIT = 100_000;
const ALIAS_LIMIT = 255;

/** The model's name in `field`. Throws MlflowError for one that is none. */
export function modelName(message: JsonObject, field = "name"): string {
  const name = textOf(message, field);
  if (name.trim() === "") throw missingValue(field);
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  const normal = posix.normalize(name);
  if (normal !== name || normal === "." || normal.startsWith("..")) {
    const hint = `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`;
    throw invalidValue("name", name, hint);
  }
  checkLength("name", 256, name);
  return name;
}

export function versionNumber(message: JsonObject): number {
  // A text on the wire; some clients send a number.
  const value = message.version;
  const text = typeof value === "number" ? String(value) : requiredText(message, "version");
  if (/^\s*\d{1,15}\s*$/.test(text)) return Number(text);
  throw invalidValue("version", text, "It must be an integer");
}

export function aliasName(message: JsonObject): string {
  const alias = textOf(message, "alias");
  if (alias === "") throw invalid("Registered model alias name cannot be empty.");
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  checkLength("Registered model alias name", ALIAS_LIMIT, alias);
  return alias;
}

/** One that can be given to a version. */
export function newAliasName(message: JsonObject): string {
  const alias = aliasName(message);
  if (alias.toLowerCase() === "latest") throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
  return alias;
}

export function stageOf(name: string): Stage {
  const stage = STAGES.find((one) => one.toLowerCase() === name.toLowerCase());
  if (stage) return stage;
  throw invalid(`Invalid Model Version stage: ${name}. Value must be one of ${STAGES.join(", ")}.`);
}

export function registryTags(message: JsonObject): Record<string, string> {
  return Object.fromEntries(messagesOf(message, "tags").map(registryTag));
}

export function registryTag(message: JsonObject): [key: string, value: string] {
  const [key, value] = [requiredText(message, "key"), textOf(message, "value")];
  checkName(key, "key");
  checkLength("key", LIMITS.key, key);
  checkLength("value", TAG_VALUE_LIMIT, value);
  return [key, value];
}

export function writeModel(model: Model): JsonObject {
  const { name, description, created, updated, tags, aliases, latest } = model;
  return {
    name,
    creation_timestamp: created,
    last_updated_timestamp: updated,
    ...(description && { description }),
    // A version within its model has no aliases of its own with MLflow either.
    latest_versions: latest.map((version) => writeVersion({ ...version, aliases: [] })),
    tags: writePairs(tags),
    aliases: Object.entries(aliases).map(([alias, version]) => ({ alias, version: String(version) })),
  };
}

export function writeVersion(version: ModelVersion): JsonObject {
  const { run, runLink, description, user } = version;
  return {
    name: version.model,
    version: String(version.version),
    creation_timestamp: version.created,
    last_updated_timestamp: version.updated,
    ...(user && { user_id: user }),
    current_stage: version.stage,
    ...(description && { description }),
    source: version.source,
    run_id: run ?? "",
    status: "READY",
    run_link: runLink,
    tags: writePairs(version.tags),
    aliases: version.aliases,
  };
}
