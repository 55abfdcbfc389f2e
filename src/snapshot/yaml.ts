/** YAML, in a module of its own: it is loaded when there is some, as a package bundled for `import()` loses its named exports. */
import { parseDocument } from "yaml";

/** The document's value. Throws an Error of one line when it is no YAML. */
export function parseYaml(text: string): unknown {
  // Warnings (of unknown tags) would go to the run's own standard error.
  const document = parseDocument(text, { logLevel: "silent" });
  if (document.errors[0]) throw new Error(document.errors[0].message.split("\n")[0]);
  // Bounds what aliases of aliases expand to.
  return document.toJS({ maxAliasCount: 100 });
}
