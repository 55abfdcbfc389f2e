/** Folders of TensorBoard's event files: each folder with some is a run, with those of its parts ("train", "validation"). */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { Artifact } from "../../domain/run";
import { objectPath } from "../../store/objects";
import { rootFolder, tagPrefix } from "../tensorboard/names";
import { createTensorBoardReader } from "../tensorboard/reader";
import { emptyRun, type ForeignRun, type FoundRun, type ImportContext, type Importer } from "./contract";
import { PointGatherer } from "./points";
import { importedId } from "./runId";

const EVENT_FILE = /\.tfevents\./;
/** What no training writes its logs to. */
const PASSED_OVER = new Set(["node_modules", ".git", ".modeltrail", ".venv", "venv", "site-packages", "__pycache__"]);
const MAX_DEPTH = 12;

export const tensorboard: Importer = {
  kind: "tensorboard",
  title: "TensorBoard folder",
  async find({ location }, context) {
    const runs = new Map<string, string[]>();
    for (const file of await eventFiles(location)) {
      const folder = runFolder(path.dirname(file), location);
      runs.set(folder, [...(runs.get(folder) ?? []), file]);
    }
    const found: FoundRun[] = [];
    for (const [folder, files] of runs) {
      const stats = await Promise.all(files.map((file) => stat(file)));
      const originalId = path.relative(location, folder).replaceAll(path.sep, "/") || ".";
      found.push({
        id: importedId("tensorboard", path.relative(context.root, location).replaceAll(path.sep, "/"), originalId),
        originalId,
        name: originalId === "." ? path.basename(location) : originalId,
        experiment: path.basename(location),
        state: files.map((file, index) => `${path.relative(folder, file)} ${stats[index]!.size}`).join("\n"),
        read: () => readRun(files, context),
      });
    }
    return found;
  },
};

/** Event files below the folder, in the order in which they were begun: their names have the time in them. */
export async function eventFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (place: string, depth: number): Promise<void> => {
    const entries = await readdir(place, { withFileTypes: true }).catch((error: Error) => {
      if (place !== folder) return [];
      throw new UserError(`The folder ${folder} could not be read: ${error.message}`, { cause: error });
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(place, entry.name);
      if (entry.isFile() && EVENT_FILE.test(entry.name)) files.push(file);
      else if (entry.isDirectory() && depth < MAX_DEPTH && !PASSED_OVER.has(entry.name)) await walk(file, depth + 1);
    }
  };
  await walk(folder, 0);
  return files;
}

/** The parts of one training are one run: "train" and "validation" beside each other, and what `add_hparams` makes. */
function runFolder(folder: string, location: string): string {
  if (folder === location) return folder;
  const root = rootFolder(folder);
  const parent = path.dirname(root);
  // A folder that adds nothing to the names of metrics is no run of its own.
  return root === folder && parent.startsWith(location) && tagPrefix(parent, folder) === "" ? parent : root;
}

async function readRun(files: readonly string[], { storeFolder }: ImportContext): Promise<ForeignRun> {
  const reader = createTensorBoardReader({ storeFolder });
  // Those of the run's own folder first: names are relative to the first.
  const byDepth = [...files].sort((a, b) => a.split(path.sep).length - b.split(path.sep).length);
  for (const file of byDepth) reader.offer?.(file);
  const points = new PointGatherer();
  const params: Record<string, string> = {};
  const artifacts: Artifact[] = [];
  const warnings: string[] = [];
  for (let more = true; more; ) {
    const read = await reader.read(true);
    for (const list of read.points ?? [])
      for (const { key, step, time, value } of list.points) points.add(key, step, time, value);
    Object.assign(params, read.params);
    artifacts.push(...(read.artifacts ?? []));
    warnings.push(...(read.warnings ?? []));
    more = read.more;
  }
  const start = points.firstTime() ?? (await stat(files[0]!)).mtimeMs;
  return {
    ...emptyRun(start),
    // Event files do not say how their run ended.
    status: "finished",
    endTime: points.lastTime() ?? start,
    params,
    series: points.series("tensorboard"),
    artifacts: artifacts.map(({ path: name, sha256 }) => ({ path: name, file: objectPath(storeFolder, sha256) })),
    gaps: warnings.map((message) => ({ kind: "other", message })),
  };
}
