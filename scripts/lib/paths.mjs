import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Where things of this repository are, as absolute paths. `cache` holds everything that set-up makes; git ignores it. */
export const paths = {
  root,
  dist: path.join(root, "dist"),
  cache: path.join(root, ".cache"),
  modules: path.join(root, "node_modules"),
  examples: path.join(root, "examples"),
};
