/** Which dataset a file belongs to that no project file declares: DVC's outputs, and what earlier runs have read. */
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CodePlace } from "../../snapshot/codeReader";
import { type DatasetSource, dvcDataset, readDataset } from "../../snapshot/datasets";
import { projectPath } from "../../snapshot/projectPath";
import { knownFolder } from "../../snapshot/readDatasets";
import { usesDvc } from "../../snapshot/usesDvc";
import type { Store } from "../../store/contract";

export interface FinderOptions {
  /** The project's folder. */
  root: string;
  store: Pick<Store, "folder" | "datasetNames" | "listDatasetVersions">;
  /** Names that are taken. */
  declared: ReadonlySet<string>;
  /** Where the code snapshot is, which knows of DVC's files; null when there is none. */
  code(): CodePlace | null;
}

export interface DatasetFinder {
  /** Makes ready for `find` with this path (absolute): DVC is looked for above it. */
  expect(path: string): void;
  /** Whether nothing is still being looked for. */
  readonly isReady: boolean;
  settle(): Promise<void>;
  /** The dataset of a file, always the same object for the same one. */
  find(path: string): DatasetSource | undefined;
  /** The name for a dataset of which all that is known is a path, as runs name it. */
  nameFor(path: string): string;
}

export function createDatasetFinder({ root, store, declared, code }: FinderOptions): DatasetFinder {
  const looked = new Set<string>();
  const tracked = new Map<string, DatasetSource>();
  const sources = new Map<string, DatasetSource>();
  let known: Set<string> | null = null;
  let reading: Promise<void> | null = null;
  let isReady = true;
  let top: string | undefined;

  // A folder "data" beside a declared dataset "data" is another.
  const nameFor = (path: string) => (declared.has(path) ? `${path}/` : path);

  async function readDvc(): Promise<void> {
    const [{ listTree }, { isDvcFile, readDvcOutputs }] = await Promise.all([
      import("../../snapshot/codeReader"),
      import("../../snapshot/dvc"),
    ]);
    const place = code();
    const files = place
      ? (await listTree(place)).map((file) => join(place.root ?? root, file.path))
      : // Without a snapshot (of a home folder there is none) at least those around what was read.
        (await Promise.all([...looked].map(filesIn))).flat();
    for (const output of await readDvcOutputs(files.filter(isDvcFile))) {
      tracked.set(output.path, dvcDataset(nameFor(projectPath(root, output.path)), output));
    }
  }

  /** Paths of datasets that earlier runs have used, without declared ones, whose names are no paths. */
  function knownNames(): Set<string> {
    const names = store.datasetNames().filter(({ kind }) => kind !== "declared");
    return new Set(names.map(({ name }) => name.replace(/(?<=.)\/$/, "")));
  }

  function findTracked(path: string): DatasetSource | undefined {
    if (tracked.size === 0) return undefined;
    for (let at = path; ; at = dirname(at)) {
      const source = tracked.get(at);
      if (source || at === dirname(at)) return source;
    }
  }

  function findKnown(path: string): DatasetSource | undefined {
    known ??= knownNames();
    const name = projectPath(root, path);
    const folder = knownFolder(name, known) ?? (known.has(name) ? name : undefined);
    if (folder === undefined) return undefined;
    let source = sources.get(folder);
    if (!source) {
      const given = nameFor(folder);
      const [latest] = store.listDatasetVersions(given, { limit: 1 }).versions;
      source = readDataset(root, store.folder, folder, given, latest?.version ?? null);
      sources.set(folder, source);
    }
    return source;
  }

  return {
    expect(path) {
      const folder = dirname(path);
      if (reading || looked.has(folder)) return;
      top ??= code()?.root ?? root;
      if (!usesDvc(folder, top, looked)) return;
      isReady = false;
      // What DVC knows is information, and its absence is no harm.
      reading = readDvc()
        .catch(() => {})
        .finally(() => {
          isReady = true;
        });
    },
    get isReady() {
      return isReady;
    },
    async settle() {
      await reading;
    },
    find: (path) => findTracked(path) ?? findKnown(path),
    nameFor,
  };
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
}
