import path from "node:path";

/** The file of a worker thread: the build puts it beside the bundle that this is part of. */
export function workerPath(name: "hash-worker" | "store-worker"): string {
  return path.join(import.meta.dirname, `${name}.js`);
}
