/**
 * Datasets of those who declare none: the files that runs read, under names that a newcomer would give them.
 *
 * A file is a dataset of its own, named as the file, unless it lies in a folder of which a run reads many files: then the
 * folder is. Which folder: the lowest one that holds at least `MANY` of them, but
 * - folders side by side that hold the same kind of files (a folder per class, speaker or day) are one dataset, named as the
 *   folder above them;
 * - "train", "val", "test" and the like stay apart.
 * A folder that once was a dataset stays one, whatever later runs read of it.
 */

/** So many files of a folder are a dataset together. */
const MANY = 10;
const SPLIT = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?|dev|eval(?:uation)?|holdout)(?:[-_.]?\d+|[-_].*)?$/i;

/**
 * The datasets of files that belong to none of earlier runs (see `knownFolder`): dataset's name → its files, all named as runs
 * name them. `isTooWide`: of a folder that holds more than data, so that it is no dataset (a home folder).
 */
export function groupReads(
  files: readonly string[],
  isTooWide: (folder: string) => boolean = () => false,
): Map<string, string[]> {
  const datasets = new Map<string, string[]>();
  const put = (name: string, some: readonly string[]) => {
    const there = datasets.get(name) ?? [];
    for (const file of some) there.push(file);
    datasets.set(name, there);
  };
  for (const root of buildTrees(files)) {
    for (const file of place(root, put, (folder) => folder === root || isTooWide(folder.name))) put(file, [file]);
  }
  return datasets;
}

/** Source code, which may be read like data. */
const CODE = /\.(?:pyi?|pyw|pyx|ipynb|r|jl|m|js|ts|c|cc|cpp|cu|h|hpp|rs|go|java|sh)$/i;
const SYSTEM =
  /^(?:\/(?:etc|usr|opt|proc|sys|dev\/(?!shm)|run|bin|lib\w*|private\/etc|System|Library|Applications)\/|[a-z]:\\(?:Windows|Program ))/i;

/** Whether a file that was read, and that nobody declares, is worth being a dataset. `temporary`: folders, absolute. */
export function isDatasetFile(file: string, temporary: readonly string[] = []): boolean {
  if (CODE.test(file) || SYSTEM.test(file)) return false;
  const separator = separatorOf(file);
  return !temporary.some((folder) => file.startsWith(folder + separator));
}

/** The lowest folder above the file that is a dataset of earlier runs, by the names of these. */
export function knownFolder(file: string, known: ReadonlySet<string>): string | undefined {
  if (known.size === 0) return undefined;
  const separator = separatorOf(file);
  for (let at = file.lastIndexOf(separator); at > 0; at = file.lastIndexOf(separator, at - 1)) {
    const folder = file.slice(0, at);
    if (known.has(folder)) return folder;
  }
  return undefined;
}

/** Paths outside the project are as the system writes them, all others have `/`. */
function separatorOf(file: string): string {
  return /^(?:[a-z]:|\\)\\/i.test(file) ? "\\" : "/";
}

interface Folder {
  /** As a run would name it; "" for the project and for the top of a disk. */
  name: string;
  /** Its last part. */
  label: string;
  /** Files directly in it. */
  files: string[];
  folders: Map<string, Folder>;
  /** Files in it and below. */
  count: number;
}

/** One tree for the project's files, one for each disk. */
function buildTrees(files: readonly string[]): Folder[] {
  const roots = new Map<string, Folder>();
  for (const file of files) {
    const top = /^(?:\/|[a-z]:\\|\\\\)/i.exec(file)?.[0] ?? "";
    const separator = separatorOf(file);
    let folder = roots.get(top) ?? newFolder("", "");
    roots.set(top, folder);
    folder.count++;
    for (let from = top.length, to = file.indexOf(separator, from); to >= 0; to = file.indexOf(separator, from)) {
      const label = file.slice(from, to);
      const below: Folder = folder.folders.get(label) ?? newFolder(file.slice(0, to), label);
      folder.folders.set(label, below);
      folder = below;
      folder.count++;
      from = to + 1;
    }
    folder.files.push(file);
  }
  return [...roots.values()];
}

function newFolder(name: string, label: string): Folder {
  return { name, label, files: [], folders: new Map(), count: 0 };
}

/** Puts the files of a folder into datasets, and gives those that are too few to be one. */
function place(
  folder: Folder,
  put: (name: string, files: readonly string[]) => void,
  isTooWide: (folder: Folder) => boolean,
): string[] {
  const tooWide = isTooWide(folder);
  if (folder.count < MANY) return allFiles(folder);
  if (!tooWide && areAlike([...folder.folders.values()])) {
    put(folder.name, allFiles(folder));
    return [];
  }
  const few = [...folder.folders.values()].flatMap((below) => place(below, put, isTooWide));
  if (tooWide || folder.files.length < MANY) return [...folder.files, ...few];
  put(folder.name, [...folder.files, ...few]);
  return [];
}

function allFiles(folder: Folder): string[] {
  return [...folder.files, ...[...folder.folders.values()].flatMap(allFiles)];
}

/** Whether most of these folders hold the same kind of files, so that they are parts of one thing. */
function areAlike(folders: readonly Folder[]): boolean {
  if (folders.length < 2 || folders.some(({ label }) => SPLIT.test(label))) return false;
  const kinds = mostFrequent(folders.map((folder) => mostFrequent(allFiles(folder).map(endingOf))[0]));
  return kinds[1] > folders.length / 2;
}

function endingOf(file: string): string {
  return /\.[^./\\]*$/.exec(file)?.[0].toLowerCase() ?? "";
}

function mostFrequent(texts: readonly string[]): [text: string, count: number] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0]);
}
