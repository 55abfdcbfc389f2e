/** Tables for tests: files in a folder of their own, and the thread that reads them, bundled from the sources. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";
import { compareTables } from "./compareTables";
import { describeTable } from "./describeTable";
import type { CompareTablesOptions, TableOptions } from "./options";

export interface TestTables {
  folder: string;
  /** Writes a file, gzipped if its name says so; returns its path. */
  write(name: string, content: string | Uint8Array): string;
  describe(file: string, options?: TableOptions): ReturnType<typeof describeTable>;
  compare(before: string, after: string, options?: CompareTablesOptions): ReturnType<typeof compareTables>;
}

export function setUpTables(): TestTables {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "modeltrail-tables-"));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  const workerFile = path.join(folder, "table-worker.js");
  const entryPoints = [path.join(import.meta.dirname, "tableWorker.ts")];
  buildSync({ entryPoints, outfile: workerFile, bundle: true, platform: "node", format: "cjs", logLevel: "warning" });
  return {
    folder,
    write(name, content) {
      const file = path.join(folder, name);
      fs.writeFileSync(file, name.endsWith(".gz") ? gzipSync(content) : content);
      return file;
    },
    describe: (file, options) => describeTable({ path: file }, { workerFile, ...options }),
    compare: (before, after, options) => compareTables({ path: before }, { path: after }, { workerFile, ...options }),
  };
}

/** Random numbers in [0, 1) that are the same each time. */
export function createRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
