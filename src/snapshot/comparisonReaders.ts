/** What src/compare needs beside the store: code, config and the workspace. (It may not import this room; see its readers.ts.) */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { CodeChange, FileState } from "../domain/comparison";
import type { CodeVersion } from "../domain/run";
import type { RunHead, Store } from "../store/contract";
import { objectPath } from "../store/objects";
import { changesBetween, codeStateOf } from "./codeChanges";
import { configValues, MAX_CONFIG_BYTES } from "./config";
import { createDataHasher, type DataHasher } from "./data";
import { readWorkspace, type WorkspaceOptions } from "./workspaceState";

interface CodeOfSide {
  /** Null: the workspace's. */
  run: string | null;
  code: CodeVersion;
}

export interface ReaderOptions extends WorkspaceOptions {
  /** The hashing thread's file; default: the built one. */
  workerFile?: string;
}

/** Close them when the comparison is done: hashing threads are ended with it. */
export function createComparisonReaders(store: Store, options: ReaderOptions = {}) {
  let hasher: DataHasher | undefined;

  return {
    codeChanges: (before: CodeOfSide, after: CodeOfSide): Promise<CodeChange[]> =>
      changesBetween(store, codeStateOf(before.code, before.run), codeStateOf(after.code, after.run)),

    async configValues(name: string, sha256: string | null): Promise<Record<string, string> | null> {
      const file = sha256 === null ? path.resolve(store.root, name) : objectPath(store.folder, sha256);
      const content = await readFile(file, "utf8").catch(() => null);
      return content === null || content.length > MAX_CONFIG_BYTES ? null : configValues(name, content);
    },

    workspace: (beside: RunHead) => readWorkspace(store, beside, options),

    async filesNow(paths: readonly string[]): Promise<(FileState | null)[]> {
      // Nothing is kept: looking at the workspace must not fill the disk.
      hasher ??= createDataHasher({ store, keepBytes: -1, workerFile: options.workerFile });
      const requests = paths.map((name) => ({ path: path.resolve(store.root, name) }));
      const { files } = await hasher.hash(requests, options.signal);
      const found = new Map(files.map((file) => [file.path, file]));
      return requests.map((request, at) => {
        const file = found.get(request.path);
        if (!file || (file.sha256 === null && !existsSync(file.path))) return null;
        return { path: paths[at]!, sha256: file.sha256, size: file.size };
      });
    },

    close: async () => await hasher?.close(),
  };
}
