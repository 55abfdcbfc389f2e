/** Which datasets a run uses, and which versions of them: all their files as they were, not only those that were opened. */
import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join, sep } from "node:path";
import type { Gap, RunDataset } from "../../domain/run";
import { isConfigFile } from "../../snapshot/config";
import type { HashedFile } from "../../snapshot/data";
import { type DatasetSource, readDataset } from "../../snapshot/datasets";
import { writeManifest } from "../../snapshot/manifest";
import { projectPath } from "../../snapshot/projectPath";
import { groupReads, isDatasetFile } from "../../snapshot/readDatasets";
import { LISTED_FILES } from "../../snapshot/unlistedFiles";
import type { RunDatasetVersion } from "../../store/contract";
import { createDatasetFinder, type FinderOptions } from "./datasetFinder";

export interface DatasetsOptions extends Omit<FinderOptions, "declared"> {
  /** Those of the project file. */
  declared: readonly DatasetSource[];
  /** When the run began, by the disk's clock: ms since the epoch. */
  startTime: number;
  /** Of the store where versions are kept. */
  storeFolder: string;
  /** Whether a file of this absolute path may be looked into. */
  isData(path: string): boolean;
}

export interface WantedFile {
  /** Absolute. */
  path: string;
  /** Whether it is data of the run by itself; else it belongs to a dataset's version alone. */
  listed: boolean;
}

export interface DatasetUses {
  /** The run has opened this file (absolute path) for reading, and had not written it before. */
  read(path: string): void;
  /** It has read more files of this folder than were told one by one. */
  readFolder(path: string): void;
  written(path: string): void;
  /** What a file was when the run could read it. */
  hashed(file: HashedFile): void;
  /** Files whose hashes are needed besides those that `read` was told, as far as they have become known since the last call. */
  wanted(): WantedFile[];
  /** All was heard: `wanted` gives the rest then. `mayMiss`: files may have been read unseen. */
  settle(mayMiss: boolean): Promise<void>;
  /** After everything wanted was hashed: the versions, whose manifests are kept. `hash`: files as they are now. */
  versions(hash: (paths: readonly string[]) => Promise<HashedFile[]>): Promise<RunDatasetVersion[]>;
  /** What was to be said since the last call. */
  gaps(): Gap[];
}

/** A dataset, and what the run does with it. */
interface Use {
  source: DatasetSource;
  /** Finding out what it is made of; null: nobody has asked yet. */
  listing: Promise<void> | null;
  /** Absolute paths of what it was made of when this was asked. */
  files: string[];
  /** Absolute paths of what the run opened. */
  opened: string[];
}

export function createDatasetUses(all: DatasetsOptions): DatasetUses {
  const { startTime, storeFolder, isData, ...options } = all;
  const { root } = options;
  const declared = all.declared.map(newUse);
  const finder = createDatasetFinder({ ...options, declared: new Set(declared.map(({ source }) => source.name)) });
  const others = new Map<DatasetSource, Use>();
  const opened = new Set<string>();
  const written = new Set<string>();
  const contents = new Map<string, HashedFile>();
  /** Files that the run had written before they could be hashed. */
  const tooLate = new Set<string>();
  const folders = new Map<string, Promise<void>>();
  /** Opened files whose dataset was not looked for yet, and those that belong to none that is known. */
  let fresh: string[] = [];
  let unplaced: string[] = [];
  let found: WantedFile[] = [];
  let said: Gap[] = [];

  /** Not what the run has made itself: that was not there to be read. */
  const isInput = (path: string) => opened.has(path) || !written.has(path);

  for (const use of declared) if (use.source.always) begin(use);

  function begin(use: Use): void {
    use.listing ??= listFiles(use).catch((error: Error) => {
      said.push({ kind: "other", message: `Not all files of dataset ${use.source.name} are known: ${error.message}` });
    });
  }

  async function listFiles(use: Use): Promise<void> {
    const { files, gaps } = await use.source.list();
    said.push(...gaps);
    use.files = files.filter(isData);
    const listed = use.source.kind === "declared" && files.length <= LISTED_FILES;
    for (const path of use.files) {
      if (!isInput(path)) tooLate.add(path);
      else if (!opened.has(path)) found.push({ path, listed });
    }
  }

  function useOf(source: DatasetSource): Use {
    const use = others.get(source) ?? newUse(source);
    others.set(source, use);
    return use;
  }

  function read(path: string): void {
    if (opened.has(path)) return;
    opened.add(path);
    const holders = declared.filter(({ source }) => source.matches(path));
    for (const use of holders) open(use, path);
    if (holders.length > 0) return;
    finder.expect(path);
    fresh.push(path);
  }

  function open(use: Use, path: string): void {
    use.opened.push(path);
    begin(use);
  }

  function place(paths: readonly string[]): string[] {
    return paths.filter((path) => {
      const source = finder.find(path);
      if (source) open(useOf(source), path);
      return !source;
    });
  }

  async function readAll(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."));
    const paths = files.map((entry) => join(folder, entry.name));
    for (const path of paths.filter((one) => !opened.has(one) && isInput(one) && isData(one))) {
      found.push({ path, listed: false });
      read(path);
    }
  }

  /** What this run reads and no known dataset holds makes new ones. */
  function newUses(): Use[] {
    const paths = new Map(unplaced.map((path) => [projectPath(root, path), path]));
    const names = [...paths.keys()].filter((name) => isDatasetFile(name, TEMPORARY));
    const groups = groupReads(names, (folder) => isWide(folder, root));
    const isSetting = (name: string) =>
      !isAbsolute(name) && isConfigFile(name, contents.get(paths.get(name)!)?.size ?? 0);
    const worthwhile = [...groups].filter(([name]) => !(paths.has(name) && isSetting(name)));
    return worthwhile.map(([name, files]) => ({
      ...newUse(readDataset(root, storeFolder, name, finder.nameFor(name), null)),
      opened: files.map((file) => paths.get(file)!),
    }));
  }

  /** The datasets that the run has changed. */
  async function writtenUses(): Promise<Set<Use>> {
    const uses = new Set<Use>();
    for (const path of written) {
      const holders = declared.filter(({ source }) => source.matches(path));
      for (const use of holders) uses.add(use);
      const source = holders.length > 0 ? undefined : finder.find(path);
      if (source) uses.add(useOf(source));
    }
    for (const use of uses) {
      if (use.source.kind !== "read") continue;
      begin(use);
      await use.listing;
      // That a file lies in its folder does not make it one of its files.
      if (!use.files.some((path) => written.has(path))) uses.delete(use);
    }
    return uses;
  }

  function sayTooLate({ source }: Use, path: string): void {
    const birth = statSync(path, { throwIfNoEntry: false })?.birthtimeMs;
    if (birth === undefined || birth >= startTime) return;
    const name = projectPath(root, path);
    const message = `${name} was written by the run before it could be hashed: what it was before is not known, and missing from the version of dataset ${source.name}.`;
    said.push({ kind: "changed-while-hashing", path: name, message });
  }

  async function keep(use: Use, role: RunDataset["role"], files: readonly HashedFile[]): Promise<RunDatasetVersion[]> {
    const entries = files.flatMap(({ name, sha256, size }) => (sha256 === null ? [] : [{ path: name, sha256, size }]));
    if (entries.length === 0) return [];
    const manifest = await writeManifest(storeFolder, entries);
    const { name, kind, md5 } = use.source;
    const dvc = role === "read" ? md5?.(manifest.files, manifest.size) : undefined;
    return [{ name, kind, role, ...manifest, ...(dvc === undefined ? {} : { md5: dvc }) }];
  }

  return {
    read,
    readFolder(path) {
      if (!folders.has(path)) folders.set(path, readAll(path));
    },
    written: (path) => written.add(path),
    hashed(file) {
      if (isInput(file.path)) contents.set(file.path, file);
      else tooLate.add(file.path);
    },
    wanted() {
      if (finder.isReady) {
        unplaced.push(...place(fresh));
        fresh = [];
      }
      const wanted = found;
      found = [];
      return wanted;
    },
    async settle(mayMiss) {
      await Promise.all(folders.values());
      await finder.settle();
      // Once more those from before DVC was found.
      unplaced = place([...unplaced, ...fresh]);
      fresh = [];
      if (mayMiss) declared.forEach(begin);
      await Promise.all([...declared, ...others.values()].map(({ listing }) => listing));
    },
    async versions(hash) {
      const versions: RunDatasetVersion[] = [];
      const read = [...declared, ...others.values()].filter(({ listing }) => listing !== null);
      for (const use of [...read, ...newUses()]) {
        const paths = [...new Set([...use.files, ...use.opened])];
        const files = paths.flatMap((path) => contents.get(path) ?? []);
        for (const path of paths) if (tooLate.has(path) && !contents.has(path)) sayTooLate(use, path);
        versions.push(...(await keep(use, "read", files)));
      }
      for (const use of await writtenUses()) {
        const { files } = await use.source.list();
        versions.push(...(await keep(use, "write", await hash(files.filter(isData)))));
      }
      return versions;
    },
    gaps() {
      const gaps = said;
      said = [];
      return gaps;
    },
  };
}

const TEMPORARY = [...new Set([tmpdir(), "/tmp", "/var/tmp"])];

function newUse(source: DatasetSource): Use {
  return { source, listing: null, files: [], opened: [] };
}

/** A folder outside the project that holds more than data. `folder`: as runs name it. */
function isWide(folder: string, root: string): boolean {
  if (!isAbsolute(folder)) return false;
  const isAbove = (place: string) => place === folder || place.startsWith(folder + sep);
  return isAbove(homedir()) || isAbove(root) || dirname(dirname(folder)) === dirname(folder);
}
