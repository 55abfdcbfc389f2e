/** What runs side by side show: files that belong together, and their contents. */
import { open, readFile } from "node:fs/promises";
import { previewTable } from "../../compare/tables/previewTable";
import { tableFormatOf } from "../../compare/tables/tableFormat";
import { formatSize } from "../../domain/format";
import { type MediaSeries, mediaKind, mediaSeries } from "../../domain/media";
import type { Artifact } from "../../domain/run";
import type { Media, SideBySideContent } from "../../protocol/sideBySide";
import type { Store } from "../../store/contract";
import { hasObject, objectPath } from "../../store/objects";

/** Of one run. */
const MOST_ARTIFACTS = 5_000;
const MOST_SERIES = 300;
/** Files of a series, over all runs. */
const MOST_ITEMS = 5_000;
const MOST_IMAGE_BYTES = 20_000_000;
const MOST_TEXT_BYTES = 200_000;
const MOST_OF_TABLE = { rows: 200, columns: 100 };
const MIMES: Record<string, string> = { jpg: "image/jpeg", svg: "image/svg+xml" };

export function sideBySide(store: Store, ids: readonly string[]): SideBySideContent {
  const summaries = new Map(store.getSummaries([...ids]).map((run) => [run.id, run]));
  const runs = ids.flatMap((id) => summaries.get(id) ?? []);
  const artifacts = runs.map(({ id }) => artifactsOf(store, id));
  const all = mediaSeries(artifacts.map(({ files }) => files));
  const series = all.slice(0, MOST_SERIES).map(thinned);
  const left = artifacts.reduce((sum, { more }) => sum + more, 0) + (all.length - series.length);
  return {
    root: store.root,
    ids: [...ids],
    runs: runs.map(({ id, name, experiment, status }) => ({ id, name, experiment, status })),
    series,
    leftOut: left + series.reduce((sum, one, at) => sum + itemsOf(all[at]!) - itemsOf(one), 0),
  };
}

function artifactsOf(store: Store, id: string): { files: Artifact[]; more: number } {
  const { files, next } = store.listFiles(id, "artifact", { limit: MOST_ARTIFACTS });
  const kept = files.flatMap(({ path, sha256, size }) => (sha256 === null ? [] : { path, sha256, size }));
  return { files: kept, more: next === null ? 0 : 1 };
}

const itemsOf = ({ runs }: MediaSeries) => runs.reduce((sum, items) => sum + items.length, 0);

/** Evenly over the steps, the last one kept. */
function thinned(series: MediaSeries): MediaSeries {
  const most = Math.max(1, Math.floor(MOST_ITEMS / series.runs.length));
  const runs = series.runs.map((items) => {
    if (items.length <= most) return items;
    return Array.from({ length: most }, (_, at) => items[Math.floor(((at + 1) * items.length) / most) - 1]!);
  });
  return { ...series, runs };
}

/** Whatever cannot be shown is told in a sentence. */
export async function mediaContent(
  folder: string,
  { path, sha256, size }: { path: string; sha256: string; size: number },
): Promise<Media> {
  const kind = mediaKind(path);
  if (kind === null) return { kind: "none", why: "Files of this kind are not shown." };
  if (!hasObject(folder, sha256)) return { kind: "none", why: "Only its hash was kept." };
  const file = objectPath(folder, sha256);
  if (kind === "image") return await imageOf(file, path, size);
  const format = tableFormatOf(path);
  if (kind === "table" && format !== null) {
    const { columns, rows, moreRows, moreColumns, faults } = await previewTable(file, format, MOST_OF_TABLE);
    return { kind: "table", columns, rows, isCut: moreRows || moreColumns, faults };
  }
  return await textOf(file);
}

async function imageOf(file: string, path: string, size: number): Promise<Media> {
  if (size > MOST_IMAGE_BYTES) return { kind: "none", why: `A picture of ${formatSize(size)} is too large to show.` };
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  // Not a Node Buffer, which would not arrive as bytes.
  const bytes = new Uint8Array(await readFile(file));
  return { kind: "image", mime: MIMES[ending] ?? `image/${ending}`, bytes };
}

async function textOf(file: string): Promise<Media> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MOST_TEXT_BYTES + 1), 0, MOST_TEXT_BYTES + 1, 0);
    const isCut = bytesRead > MOST_TEXT_BYTES;
    return {
      kind: "text",
      text: new TextDecoder().decode(buffer.subarray(0, Math.min(bytesRead, MOST_TEXT_BYTES))),
      isCut,
    };
  } finally {
    await handle.close();
  }
}
