/** The hashing thread as tests need it, which run from the sources: bundled into a temporary file. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";

export function buildHashWorker(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "modeltrail-worker-"));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, "hash-worker.js");
  const entryPoints = [path.join(import.meta.dirname, "hashWorker.ts")];
  buildSync({ entryPoints, outfile, bundle: true, platform: "node", format: "cjs", logLevel: "warning" });
  return outfile;
}
