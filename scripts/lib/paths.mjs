import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

/** Where things of this repository are, as absolute paths. `cache` holds everything that set-up makes; git ignores it. */
export const paths = {
  root,
  dist: path.join(root, "dist"),
  cache: path.join(root, ".cache"),
  modules: path.join(root, "node_modules"),
  vsix: path.join(root, `modeltrail-${version}.vsix`),
  examples: path.join(root, "examples"),
};
