/**
 * Metrics from tables that the run appends to: Lightning's and YOLO's CSV files, Keras's CSVLogger, Stable-Baselines' progress,
 * DVCLive's plots, JSON lines.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import * as z from "zod/mini";
import type { MetricPoint } from "../domain/run";
import type { Source, SourceRead } from "./source";
import { displayPath, fsPath } from "./spoolPath";
import { layoutOf, pointsOf, type TableLayout } from "./tableLine";

const ID = "metrics-table";
/** Beside the points: a number in a file is worth the same in any. */
const POINTS_ID = "metrics-file";
/** A file of one of these names, or in DVCLive's folder, may be a table of metrics; whether it is, its first line says. */
const WORDS =
  "metrics?|results?|history|progress|train(?:ing)?|log|logs|losses|loss|scores|eval(?:uation)?|val(?:idation)?|stats";
const NAME = new RegExp(`(?:^|[/\\\\._-])(?:${WORDS})(?:[_.-]?\\d+)?\\.(?:csv|tsv|log|txt|jsonl|ndjson)$`, "i");
/** DVCLive keeps a table for each metric, named by it: "plots/metrics/train/loss.tsv". */
const DVCLIVE = /[/\\]plots[/\\]metrics[/\\](.+)\.tsv$/;
const SLICE = 256 << 10;
/** A line of more bytes is no row of metrics. */
const MAX_LINE = 1 << 20;
const MAX_FILES = 200;
const MAX_KEYS = 5_000;

const Layout = z.object({
  delimiter: z.enum([",", "\t", ";", "json"]),
  columns: z.array(z.string()),
  step: z.number(),
});
const Place = z.object({
  offset: z.number(),
  row: z.number(),
  /** What the file began with when it was last looked at: another beginning is another file. */
  head: z.string(),
  layout: z.nullable(Layout),
  /** It is no table of metrics, as far as it was written. */
  refused: z.boolean(),
});
type Place = z.infer<typeof Place>;
const Checkpoint = z.object({ files: z.record(z.string(), Place), keys: z.array(z.string()), warned: z.boolean() });

const HEAD_BYTES = 64;
const fresh = (): Place => ({ offset: 0, row: 0, head: "", layout: null, refused: false });

/**
 * A reader of the tables that are offered to it: a CSV, TSV or JSON-lines file of a telling name ("metrics.csv",
 * "results.csv", "training.log", "progress.csv", "history.jsonl", …) with a column for the step or epoch. A file that is
 * written anew is read anew.
 */
export function createMetricsTableReader(checkpoint?: unknown): Source {
  const saved = Checkpoint.safeParse(checkpoint).data;
  const files = new Map<string, Place>(Object.entries(saved?.files ?? {}));
  const keys = new Set(saved?.keys);
  let warned = saved?.warned ?? false;

  /** One slice of a file. True when more of it is left. */
  function readFile(file: string, place: Place, final: boolean, into: MetricPoint[]): boolean {
    const slice = readSlice(file, place);
    if (!slice) return false;
    const text = slice.bytes.toString("utf8");
    const end = final && slice.isLast ? text.length : text.lastIndexOf("\n") + 1;
    if (end === 0) {
      // The line goes on beyond the slice.
      if (slice.bytes.length >= MAX_LINE) place.refused = true;
      return false;
    }
    for (const line of text.slice(0, end).split("\n")) {
      if (line.trim() !== "") takeLine(file, line, place, slice.time, into);
      if (place.refused) return false;
    }
    place.offset += Buffer.byteLength(text.slice(0, end));
    return !slice.isLast;
  }

  function takeLine(file: string, line: string, place: Place, time: number, into: MetricPoint[]): void {
    if (!place.layout) {
      const layout = namedByFile(layoutOf(line), file);
      place.layout = layout ?? null;
      place.refused = !layout;
      if (layout?.delimiter !== "json") return;
    }
    if (!place.layout) return;
    const points = pointsOf(place.layout, line, place.row, time);
    // A log may hold other lines as well; a table whose first row is none is something else.
    if (!points && place.row === 0) place.refused = true;
    place.row += 1;
    for (const point of points ?? []) {
      if (keys.size >= MAX_KEYS && !keys.has(point.key)) continue;
      keys.add(point.key);
      into.push(point);
    }
  }

  return {
    id: ID,
    offer(file) {
      if (files.has(file) || files.size >= MAX_FILES || !(NAME.test(file) || DVCLIVE.test(file))) return;
      files.set(file, fresh());
    },
    read(final) {
      const points: MetricPoint[] = [];
      const warnings: string[] = [];
      let more = false;
      for (const [file, place] of files) {
        more = readFile(file, place, final, points) || more;
        if (keys.size < MAX_KEYS || warned) continue;
        warned = true;
        warnings.push(`${displayPath(file)} has metrics beyond the first 5,000, which are left out.`);
      }
      const result: SourceRead = { more };
      if (points.length > 0) result.points = [{ source: POINTS_ID, points }];
      if (warnings.length > 0) result.warnings = warnings;
      return result;
    },
    checkpoint: () => ({ files: Object.fromEntries(files), keys: [...keys], warned }),
    left() {
      const sizeOf = (file: string) => statSync(fsPath(file), { throwIfNoEntry: false })?.size ?? 0;
      return [...files].reduce((sum, [file, { offset, refused }]) => {
        return sum + (refused ? 0 : Math.max(0, sizeOf(file) - offset));
      }, 0);
    },
  };
}

/** A table of DVCLive's has the last part of the metric's name as its column. */
function namedByFile(layout: TableLayout | undefined, file: string): TableLayout | undefined {
  const name = DVCLIVE.exec(file)?.[1]?.replaceAll("\\", "/");
  if (!layout || name === undefined) return layout;
  const last = name.slice(name.lastIndexOf("/") + 1);
  return { ...layout, columns: layout.columns.map((column) => (column === last ? name : column)) };
}

interface Slice {
  bytes: Buffer;
  isLast: boolean;
  /** Ms since the epoch of the file's last write. */
  time: number;
}

/** What is new in the file; `place` begins anew when it is another file than before. */
function readSlice(file: string, place: Place): Slice | undefined {
  let open: number;
  try {
    open = openSync(fsPath(file), "r");
  } catch {
    return undefined;
  }
  try {
    const { size, mtimeMs } = fstatSync(open);
    const head = Buffer.alloc(HEAD_BYTES);
    const beginning = head.toString("latin1", 0, readSync(open, head, 0, HEAD_BYTES, 0));
    if (size < place.offset || !beginning.startsWith(place.head)) Object.assign(place, fresh());
    place.head = beginning;
    if (place.refused || size === place.offset) return undefined;
    for (let length = SLICE; ; length *= 2) {
      const buffer = Buffer.allocUnsafe(Math.min(length, size - place.offset));
      const bytes = buffer.subarray(0, readSync(open, buffer, 0, buffer.length, place.offset));
      const isLast = place.offset + bytes.length >= size;
      if (isLast || bytes.includes(10) || length >= MAX_LINE) return { bytes, isLast, time: Math.floor(mtimeMs) };
    }
  } catch {
    // A folder of that name.
    return undefined;
  } finally {
    closeSync(open);
  }
}
