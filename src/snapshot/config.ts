/** Config files that a run read: which files count as such, and the params in them. */
import path from "node:path";
import { toJson } from "../domain/json";
import { maskValue } from "../domain/secrets";

/** Larger files are data, whatever their ending. */
export const MAX_CONFIG_BYTES = 64 * 1024;
const MAX_PARAMS = 200;
const MAX_VALUE_LENGTH = 1000;

const PARSED = new Set([".yaml", ".yml", ".toml", ".json"]);
/** Their settings are not read into params: there is no one grammar of them. */
const UNPARSED = new Set([".ini", ".cfg"]);
/** About packages and tools, not about the run. */
const NOT_CONFIG = new Set([
  "package.json",
  "package-lock.json",
  "pyproject.toml",
  "setup.cfg",
  "tox.ini",
  "pytest.ini",
  "mypy.ini",
  "pyvenv.cfg",
  "modeltrail.yaml",
  "metrics.json",
]);

/** Whether a file of this name and size (in bytes) is config when a run reads it. */
export function isConfigFile(file: string, size: number): boolean {
  const name = path.basename(file);
  const ending = path.extname(name).toLowerCase();
  if (size > MAX_CONFIG_BYTES || NOT_CONFIG.has(name) || /[._]metrics\.json$/.test(name)) return false;
  return PARSED.has(ending) || UNPARSED.has(ending);
}

/**
 * The params in a config file, flattened: `train.lr`. The keys of params.yaml (.yml, .json, .toml) stand alone, as users of
 * DVC know them; those of any other file are named with it, `conf/model.yaml:train.lr`. A list of plain values is one param,
 * as JSON. At most 200; secrets are masked. A file that cannot be parsed, or that holds a list, has none.
 * `file`: relative to the project, with `/`.
 */
export async function configParams(file: string, content: string): Promise<Record<string, string>> {
  const name = path.posix.basename(file);
  const prefix = /^params\.(?:ya?ml|json|toml)$/.test(name) ? "" : `${file}:`;
  const params: Record<string, string> = {};
  let left = MAX_PARAMS;
  for (const [key, value] of leaves(await parse(file, content))) {
    // A list of mappings is data more than settings.
    if (Array.isArray(value) && value.some(isMapping)) continue;
    if (left-- === 0) break;
    params[prefix + key] = maskValue(key, textOf(value)).slice(0, MAX_VALUE_LENGTH);
  }
  return params;
}

/**
 * Everything in a config file, flattened in the same way: `train.lr`. A list is one value, as JSON. Null when the file cannot
 * be parsed, or holds no mapping. Secrets are not masked, so that they can be compared: `maskValue` is for who shows them.
 */
export async function configValues(file: string, content: string): Promise<Record<string, string> | null> {
  const parsed = await parse(file, content);
  if (!isMapping(parsed)) return null;
  return Object.fromEntries([...leaves(parsed)].map(([key, value]) => [key, textOf(value)]));
}

/** What the file holds; undefined when it cannot be parsed. The parsers are loaded when there is something to parse. */
async function parse(file: string, content: string): Promise<unknown> {
  const ending = path.extname(file).toLowerCase();
  const text = content.replace(/^\ufeff/, "");
  try {
    if (ending === ".json") return JSON.parse(text);
    if (ending === ".toml") return (await import("smol-toml")).parse(text);
    if (ending === ".yaml" || ending === ".yml") return (await import("./yaml")).parseYaml(text);
  } catch {}
  return undefined;
}

/** Dotted names and values of everything that is not a mapping with something in it. */
function* leaves(value: unknown, name = ""): Generator<[name: string, value: unknown]> {
  if (!isMapping(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const below = name === "" ? key : `${name}.${key}`;
    if (isMapping(item) && Object.keys(item).length > 0) yield* leaves(item, below);
    else yield [below, item];
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" && value !== null ? toJson(value) : String(value);
}
