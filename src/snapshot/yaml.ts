/** YAML, in a module of its own: it is loaded when there is some, as a package bundled for `import()` loses its named exports. */
import { isNode, LineCounter, parseDocument } from "yaml";

/** The document's value. Throws an Error of one line when it is no YAML. */
export function parseYaml(text: string): unknown {
  // Warnings (of unknown tags) would go to the run's own standard error.
  const document = parseDocument(text, { logLevel: "silent" });
  if (document.errors[0]) throw new Error(document.errors[0].message.split("\n")[0]);
  // Bounds what aliases of aliases expand to.
  return document.toJS({ maxAliasCount: 100 });
}

/** The line, from 1, where the value at this path begins; that of the nearest value around it when it is not there. */
export function yamlLine(text: string, path: readonly PropertyKey[]): number | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { logLevel: "silent", lineCounter });
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line;
  }
  return undefined;
}
