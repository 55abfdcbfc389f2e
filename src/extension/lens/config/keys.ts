/** The places of the settings in a config file, named as runs name them. */
import { MAX_CONFIG_BYTES } from "../../../snapshot/config";
import type { NamedParam } from "../inlineValues";

/** The keys of params.yaml (and .yml, .json, .toml) stand alone in runs, those of other files behind the file's name. */
const ALONE = /(^|\/)params\.(?:ya?ml|json|toml)$/;

/** `path` as runs name the file. Never throws: of a text that is being typed, what can be read is read. */
export async function configKeys(path: string, text: string): Promise<NamedParam[]> {
  if (text.length > MAX_CONFIG_BYTES) return [];
  const prefix = ALONE.test(path) ? "" : `${path}:`;
  const keys = path.toLowerCase().endsWith(".toml")
    ? (await import("./tomlKeys")).tomlKeys(text)
    : // Every JSON text is YAML.
      (await import("./yamlKeys")).yamlKeys(text);
  return keys.map((key) => ({ ...key, name: prefix + key.name }));
}
