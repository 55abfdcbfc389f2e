/** What editors show beside a file: what its runs came to, and whether the file is still what they were made from. */
import { readFile } from "node:fs/promises";
import { extremesOf } from "../../compare/buckets";
import { type FileResults, type Result, type ResultRun, readFileResults, toResultRun } from "../../compare/fileResults";
import { isLessBetter } from "../../compare/keyMetric";
import { digestOfText } from "../../compare/textDigest";
import type { RunSummary } from "../../domain/run";
import { codeFile, codePath } from "../../snapshot/codeChanges";
import { isNotebook } from "../../snapshot/notebookText";
import { projectPath } from "../../snapshot/projectPath";
import type { PageOptions, Store } from "../../store/contract";
import { type FileRun, MAKING_ROLES } from "../../store/fileRuns/contract";
import { hasObject, objectPath } from "../../store/objects";

export interface EditorResults extends FileResults {
  /** Path of the file as runs name it. */
  path: string;
  /** Null: not known. */
  ran: RanText | null;
  /** Id of the best run, when it wrote or logged a model. */
  deployable?: string;
}

/** What ran: the text of a script in the run that has the values; of a notebook each cell as it ran last, by its id. */
export type RanText = { text: TextDigest } | { cells: Record<string, TextDigest> };
/** See textDigest.ts. */
type TextDigest = string;

export interface FileHistory {
  uses: FileRun[];
  /** The same runs, in the same order. */
  runs: RunSummary[];
  next: string | null;
  total: number;
}

export interface MetricTrail {
  /** The series of the newest run, thinned out to what a small picture can show, in step order. */
  values: number[];
  /** Of the newest runs that have the metric, the newest first. */
  last: Result[];
  less: boolean;
}

/** `file`: absolute. `mayStart` false: git is not asked, as the folder is not trusted. */
export async function editorResults(
  store: Store,
  file: string,
  judged: readonly string[],
  mayStart: boolean,
): Promise<EditorResults | null> {
  const path = projectPath(store.root, file);
  const results = readFileResults(store, path, judged);
  if (!results) return null;
  const run = results.measured ?? results.last;
  const ran = isNotebook(path) ? ranCells(store, path) : mayStart ? await recordedText(store, run.id, file) : null;
  const best = (results.key === null ? null : results.metrics[results.key]?.best?.run) ?? run;
  return { ...results, path, ran, ...(wroteModel(store, best.id) ? { deployable: best.id } : {}) };
}

/** By the names of its files: whether it can be served is seen when it is registered. Endings that most files with them share are left out. */
const MODEL_FILE = /(?:^|\/)MLmodel$|\.(?:joblib|pkl|pickle|skops|onnx|ubj|xgb|lgb|pth?|torchscript)$/i;
const MOST_FILES = 500;

function wroteModel(store: Store, id: string): boolean {
  return (["artifact", "write"] as const).some((role) =>
    store.listFiles(id, role, { limit: MOST_FILES }).files.some(({ path }) => MODEL_FILE.test(path)),
  );
}

function ranCells(store: Store, path: string): RanText | null {
  const { cells } = store.cells.last(path);
  return cells.length > 0 ? { cells: Object.fromEntries(cells.map(({ cellId, source }) => [cellId, source])) } : null;
}

/** What a run was made of never changes. Oldest first. */
const known = new Map<string, Promise<RanText | null>>();
const MOST_KNOWN = 500;
/** Bytes; a larger file is not edited by hand. */
const LARGEST = 2_000_000;

function recordedText(store: Store, id: string, file: string): Promise<RanText | null> {
  const key = [store.folder, id, file].join("\n");
  const found = known.get(key) ?? readText(store, id, file).catch(() => null);
  known.delete(key);
  known.set(key, found);
  for (const oldest of known.keys()) {
    if (known.size <= MOST_KNOWN) break;
    known.delete(oldest);
  }
  return found;
}

async function readText(store: Store, id: string, file: string): Promise<RanText | null> {
  const head = store.getRunHead(id);
  const inCode = head && codePath(head, file);
  const bytes = (inCode && (await codeFile(store, id, inCode))) || (await ignoredSource(store, id, file));
  return bytes && bytes.byteLength <= LARGEST ? { text: digestOfText(new TextDecoder().decode(bytes)) } : null;
}

/** A source that git ignores is kept as data. */
async function ignoredSource(store: Store, id: string, file: string): Promise<Uint8Array | null> {
  const { uses } = store.fileUses({ path: projectPath(store.root, file) }, { role: "read" });
  const sha256 = uses.find(({ run }) => run === id)?.sha256;
  return sha256 && hasObject(store.folder, sha256) ? await readFile(objectPath(store.folder, sha256)) : null;
}

/** The runs that used the file in any role. */
export function fileHistory(store: Store, file: string, page: PageOptions): FileHistory {
  const found = store.fileRuns.page(projectPath(store.root, file), page);
  const runs = new Map(store.getSummaries(found.runs.map(({ id }) => id)).map((run) => [run.id, run]));
  // A run may have been deleted in between.
  const uses = found.runs.filter(({ id }) => runs.has(id));
  return { uses, runs: uses.map(({ id }) => runs.get(id)!), next: found.next, total: found.total };
}

/** Of a long series so many pieces are told by their least and greatest value. */
const TRAIL_PIECES = 60;
const TRAIL_RUNS = 5;
/** Runs that are looked through for those. */
const LOOKED_AT = 50;

export function metricTrail(store: Store, file: string, key: string): MetricTrail {
  const path = projectPath(store.root, file);
  const { runs } = store.fileRuns.page(path, { roles: MAKING_ROLES, limit: LOOKED_AT });
  const ids = runs.map(({ id }) => id);
  const values = new Map(store.fileRuns.values(ids, [key]).map(({ run, value }) => [run, value]));
  const last = runs
    .filter(({ id }) => values.has(id))
    .slice(0, TRAIL_RUNS)
    .map((run) => ({ run: toResultRun(run), value: values.get(run.id)! }));
  return { values: last[0] ? thinned(store, last[0].run.id, key) : [], last, less: isLessBetter(key) };
}

export interface ParamTrail {
  /** The metric that the file is judged by; null when the runs have none. */
  key: string | null;
  /** Of the newest runs that were given the param, the newest first; `result`: NaN when the run has no such metric. */
  runs: { run: ResultRun; value: string; result: number }[];
}

export function paramTrail(store: Store, file: string, param: string): ParamTrail {
  const path = projectPath(store.root, file);
  const key = readFileResults(store, path, [])?.key ?? null;
  const { runs } = store.fileRuns.page(path, { roles: MAKING_ROLES, limit: LOOKED_AT });
  const given = store
    .getSummaries(runs.map(({ id }) => id))
    .filter(({ params }) => Object.hasOwn(params, param))
    .slice(0, TRAIL_RUNS);
  return {
    key,
    runs: given.map((run) => ({
      run: toResultRun(run),
      value: run.params[param]!,
      result: (key === null ? undefined : run.metrics[key]?.last) ?? Number.NaN,
    })),
  };
}

/** Read in pages: a long series is never in memory whole. */
function thinned(store: Store, id: string, key: string): number[] {
  const { total } = store.metricColumns(id, key, 0, 0);
  const width = total <= TRAIL_PIECES * 2 ? 1 : Math.ceil(total / TRAIL_PIECES);
  const page = Math.ceil(10_000 / width) * width;
  const kept: number[] = [];
  for (let from = 0; from < total; from += page) {
    const { values } = store.metricColumns(id, key, from, page);
    for (let at = 0; at < values.length; at += width) {
      if (width === 1) kept.push(values[at]!);
      else kept.push(...extremesOf(values, at, Math.min(at + width, values.length)));
    }
  }
  return kept;
}
