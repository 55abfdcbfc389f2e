/** YAML files of trackers. */
import { parse } from "yaml";

/** The value. Throws an Error of one line when it is no YAML; tags that would make objects are ignored. */
export function parseYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent", maxAliasCount: 100 });
  } catch (error) {
    throw new Error((error as Error).message.split("\n")[0]);
  }
}
