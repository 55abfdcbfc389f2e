/** Metrics, params, pictures and texts from the event files that TensorBoard writers (PyTorch, Keras, tensorboardX) append to. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import path from "node:path";
import * as z from "zod/mini";
import type { Artifact, MetricPoint } from "../../domain/run";
import { putBytes } from "../../store/objects";
import type { Source, SourceRead } from "../source";
import { displayPath, fsPath } from "../spoolPath";
import { readEvent, type TensorBoardEvent } from "./event";
import { rootFolder, tagPrefix } from "./names";
import { type RecordsRead, readRecords } from "./records";
import { type Media, understand } from "./summary";

const ID = "tensorboard";
const NAME = /(?:^|[/\\])[^/\\]*\.tfevents\.[^/\\]*$/;
/** Bytes looked at in one call. */
const SLICE = 1 << 20;
const MAX_FILES = 1_000;
const MAX_KEYS = 5_000;
/** Pictures and texts are kept up to so many, and so many bytes. */
const MAX_MEDIA = 2_000;
const MAX_MEDIA_BYTES = 256 << 20;

const Place = z.object({
  offset: z.number(),
  prefix: z.string(),
  /** What each tag's first value said it is of. */
  plugins: z.record(z.string(), z.string()),
  /** Nothing more is read from it: it is damaged. */
  given: z.boolean(),
});
type Place = z.infer<typeof Place>;
const Checkpoint = z.object({
  files: z.record(z.string(), Place),
  root: z.nullable(z.string()),
  keys: z.array(z.string()),
  media: z.number(),
  mediaBytes: z.number(),
  told: z.array(z.string()),
});

export interface TensorBoardOptions {
  /** The store's folder, where pictures and texts are kept. */
  storeFolder: string;
  checkpoint?: unknown;
}

/**
 * A reader of the event files that are offered to it. Tags are the metrics' names; in a folder below or beside that of the
 * first file, its name stands before them ("train/loss"). Of a histogram the least, the greatest, mean and standard deviation
 * are metrics. Pictures and texts become artifacts `tensorboard/<tag>/<step>.png`, up to 2,000 of them and 256 MiB.
 */
export function createTensorBoardReader({ storeFolder, checkpoint }: TensorBoardOptions): Source {
  const saved = Checkpoint.safeParse(checkpoint).data;
  const files = new Map<string, Place>(Object.entries(saved?.files ?? {}));
  const keys = new Set(saved?.keys);
  const told = new Set(saved?.told);
  let root = saved?.root ?? null;
  let media = saved?.media ?? 0;
  let mediaBytes = saved?.mediaBytes ?? 0;

  /** What one slice of one file gave. */
  interface Found {
    points: MetricPoint[];
    params: Record<string, string>;
    artifacts: Artifact[];
    warnings: string[];
  }

  function tell(found: Found, warning: string): void {
    if (told.has(warning)) return;
    told.add(warning);
    found.warnings.push(warning);
  }

  function addPoint(found: Found, key: string, value: number, event: TensorBoardEvent): void {
    if (!keys.has(key) && keys.size >= MAX_KEYS) {
      tell(found, "The TensorBoard files have more than 5,000 metrics; those beyond are left out.");
    } else {
      keys.add(key);
      found.points.push({ key, value, step: event.step, time: Math.round(event.wallTime * 1_000) });
    }
  }

  async function keep(found: Found, name: string, { bytes, ending }: Media): Promise<void> {
    if (media >= MAX_MEDIA || mediaBytes + bytes.length > MAX_MEDIA_BYTES) {
      tell(found, "TensorBoard's pictures and texts are many: those beyond 2,000, or 256 MiB, are not kept.");
      return;
    }
    const object = await putBytes(storeFolder, bytes);
    media += 1;
    mediaBytes += bytes.length;
    found.artifacts.push({ path: `tensorboard/${name}${ending}`, ...object });
  }

  async function take(found: Found, place: Place, event: TensorBoardEvent): Promise<void> {
    for (const value of event.values) {
      const name = place.prefix + value.tag;
      if (value.plugin !== undefined) place.plugins[value.tag] = value.plugin;
      const { metrics, params, media } = understand(value, place.plugins[value.tag]);
      for (const [suffix, number] of metrics) addPoint(found, name + suffix, number, event);
      Object.assign(found.params, params);
      for (const [index, one] of media.entries()) {
        await keep(found, `${name}/${event.step}${media.length > 1 ? `-${index}` : ""}`, one);
      }
    }
  }

  async function readFile(file: string, place: Place, found: Found): Promise<boolean> {
    const read = readSlice(file, place.offset);
    if (!read) return false;
    if (read.skipped > 0) tell(found, `${displayPath(file)} has a record of more than 64 MiB, which was passed over.`);
    for (const record of read.records) {
      const event = eventOf(record);
      if (event) await take(found, place, event);
      else tell(found, `${displayPath(file)} has records that are no TensorBoard events; they were passed over.`);
    }
    place.offset = read.offset;
    if (read.damaged) {
      place.given = true;
      tell(found, `${displayPath(file)} is damaged at byte ${read.offset}: nothing was read from there on.`);
    }
    return read.more && !read.damaged;
  }

  return {
    id: ID,
    offer(file) {
      if (!NAME.test(file) || files.has(file) || files.size >= MAX_FILES) return;
      root ??= rootFolder(path.dirname(file));
      files.set(file, { offset: 0, prefix: tagPrefix(root, path.dirname(file)), plugins: {}, given: false });
    },
    async read() {
      const found: Found = { points: [], params: {}, artifacts: [], warnings: [] };
      let more = false;
      for (const [file, place] of files) {
        if (!place.given) more = (await readFile(file, place, found)) || more;
      }
      const result: SourceRead = { more };
      if (found.points.length > 0) result.points = [{ source: ID, points: found.points }];
      if (Object.keys(found.params).length > 0) result.params = found.params;
      if (found.artifacts.length > 0) result.artifacts = found.artifacts;
      if (found.warnings.length > 0) result.warnings = found.warnings;
      return result;
    },
    checkpoint: () => ({
      files: Object.fromEntries(files),
      root,
      keys: [...keys],
      media,
      mediaBytes,
      told: [...told],
    }),
    left() {
      return [...files].reduce((sum, [file, { offset, given }]) => sum + (given ? 0 : sizeOf(file) - offset), 0);
    },
  };
}

function eventOf(record: Uint8Array): TensorBoardEvent | undefined {
  try {
    return readEvent(record);
  } catch {
    return undefined;
  }
}

const sizeOf = (file: string) => statSync(fsPath(file), { throwIfNoEntry: false })?.size ?? 0;

/** Undefined when there is nothing new, or the file is gone. */
function readSlice(file: string, from: number): RecordsRead | undefined {
  let open: number;
  try {
    open = openSync(fsPath(file), "r");
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(open);
    if (size <= from) return undefined;
    const read = (offset: number, length: number) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(open, buffer, 0, length, offset));
    };
    return readRecords(read, from, size, SLICE);
  } finally {
    closeSync(open);
  }
}
