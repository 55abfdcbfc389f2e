/** The image of a bundle in a registry, by a template. */
import { imageName } from "../bundle/containerFiles";
import type { ReadyBundle } from "../contract";

/** Tags may have 128 characters; so many tell bundles apart. */
const HASH = 16;

/** `{hash}`, `{version}` and `{model}` stand for the bundle's. */
export function imageOf(template: string, { hash, manifest }: Pick<ReadyBundle, "hash" | "manifest">): string {
  const values: Record<string, string> = {
    hash: hash.slice(0, HASH),
    version: String(manifest.version),
    model: imageName(manifest.model),
  };
  return template.replace(/\{(hash|version|model)\}/g, (_, name: string) => values[name]!);
}

/** Whether each bundle has an image of its own by it. */
export function isOfBundle(template: string): boolean {
  return /\{(?:hash|version)\}/.test(template);
}
