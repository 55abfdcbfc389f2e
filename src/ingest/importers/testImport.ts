/** For tests: what real trackers wrote (see test/fixtures/importers/make.py), in folders where it may be changed. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { Store } from "../../store/contract";
import { tempFolder, tempStore } from "../../store/testStore";
import type { ImportContext, ImportPlace } from "./contract";
import { type ImportFromReport, type ImportOptions, importFrom } from "./importFrom";

const fixtures = path.resolve(import.meta.dirname, "../../../test/fixtures/importers");

/** A copy of a fixture; databases are packed there. Gives its folder. */
export function fixture(name: string): string {
  const folder = path.join(tempFolder(), name);
  cpSync(path.join(fixtures, name), folder, { recursive: true });
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith(".db.gz"))) {
    writeFileSync(path.join(folder, file.slice(0, -3)), gunzipSync(readFileSync(path.join(folder, file))));
  }
  return folder;
}

export const expected = (name: string) =>
  JSON.parse(readFileSync(path.join(fixtures, `${name}.expected.json`), "utf8"));

export function contextOf(store: Store, part: Partial<ImportContext> = {}): Omit<ImportContext, "temporary"> {
  return {
    root: store.root,
    storeFolder: store.folder,
    git: async (args) => execFileSync("git", args, { cwd: store.root }),
    keepCode: async () => null,
    python: null,
    artifactRoots: [],
    signal: undefined,
    ...part,
  };
}

export interface TestImport {
  store: Store;
  place: ImportPlace;
  run(options?: ImportOptions, part?: Partial<ImportContext>): Promise<ImportFromReport>;
}

export function testImport(place: ImportPlace, root?: string): TestImport {
  const store = tempStore(root);
  return { store, place, run: (options, part) => importFrom(store, place, contextOf(store, part), options) };
}

/** "step time value" of every point of the metric. */
export function pointsOf(store: Store, id: string, key: string): [step: number, time: number, value: string][] {
  return store
    .metricHistory(id, key, 0, 1_000)
    .points.map(({ step, time, value }) => [step, time, String(value)] as const)
    .map(([...point]) => point);
}

/** Number of each outcome. */
export function outcomes({ runs }: ImportFromReport): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of runs) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** All that is below the folder: names, bytes and times. */
export function imprint(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const stats = lstatSync(path.join(folder, name));
    hash.update(`${name} ${stats.mtimeMs} ${stats.isFile() ? readFileSync(path.join(folder, name), "hex") : ""}\n`);
  }
  return hash.digest("hex");
}

export function makeFile(file: string, content: string | Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
