/** Settings of a YAML or JSON text. Loaded when there is one: the parser is not small. */
import { isAlias, isMap, isScalar, type Pair, parseDocument } from "yaml";
import type { NamedParam } from "../inlineValues";

export function yamlKeys(text: string): NamedParam[] {
  // A text that is being typed has errors; what could be read is there nevertheless.
  const document = parseDocument(text, { logLevel: "silent", strict: false });
  const keys: NamedParam[] = [];
  if (isMap(document.contents)) for (const pair of document.contents.items) addPair(pair, "", keys);
  return keys;
}

function addPair({ key, value }: Pair, above: string, keys: NamedParam[]): void {
  if (!isScalar(key) || !key.range || key.value === "<<") return;
  const name = above === "" ? String(key.value) : `${above}.${String(key.value)}`;
  if (isMap(value) && value.items.length > 0) {
    for (const pair of value.items) addPair(pair, name, keys);
  } else keys.push({ name, end: key.range[1], written: textOf(value) });
}

/** As a run notes the value. */
function textOf(node: unknown): string | null {
  if (isAlias(node)) return null;
  if (isScalar(node)) return String(node.value);
  const value = (node as { toJSON?(): unknown } | null)?.toJSON?.();
  return value === undefined ? null : typeof value === "object" ? JSON.stringify(value) : String(value);
}
