/** What the run logs through the Python package `modeltrail`: its lines are beside the tracer's spool. */
import { join } from "node:path";
import * as z from "zod/mini";
import type { Artifact, Gap, MetricPoint } from "../domain/run";
import { maskValue } from "../domain/secrets";
import { type ApiEvent, parseApiLine } from "./apiEvent";
import type { Source, SourceRead } from "./source";
import { createLinesReader } from "./spool";

const ID = "api";
const MAX_KEYS = 10_000;
/** Bytes read at a time, in some 10 ms. The package's lines are shorter. */
const SLICE = 256 << 10;

/** A file that was logged, with what it was then: another content by now is a gap. */
export interface LoggedFile {
  path: string;
  name?: string | undefined;
  size: number;
  mtimeNs: string;
}

/** What became of logged files. */
export interface KeptFiles {
  artifacts: Artifact[];
  gaps: Gap[];
}

export interface ApiOptions {
  /** The run's spool folder. */
  spoolFolder: string;
  /** Takes the content of files into the store; never rejects for what is wrong with one of them. */
  keepFiles(files: LoggedFile[]): Promise<KeptFiles>;
  checkpoint?: unknown;
}

const LoggedFile = z.object({ path: z.string(), name: z.optional(z.string()), size: z.number(), mtimeNs: z.string() });
const Checkpoint = z.object({
  lines: z.unknown(),
  /** Files that were logged and not taken in yet. */
  files: z.array(LoggedFile),
  keys: z.array(z.string()),
  full: z.boolean(),
  damaged: z.number(),
});

/** A reader of what `modeltrail.log()` and its like wrote; files are taken in beside the reading. */
export function createApiReader({ spoolFolder, keepFiles, checkpoint }: ApiOptions): Source {
  const saved = Checkpoint.safeParse(checkpoint).data;
  const lines = createLinesReader(join(spoolFolder, "api"), parseApiLine, saved?.lines, SLICE);
  const keys = new Set(saved?.keys);
  let full = saved?.full ?? false;
  let damaged = saved?.damaged ?? 0;
  let waiting: LoggedFile[] = saved?.files ?? [];
  /** Being taken in, and what came of those that were. */
  let inWork: LoggedFile[] = [];
  let work: Promise<void> | undefined;
  let kept: KeptFiles = { artifacts: [], gaps: [] };

  function keepWaiting(): void {
    if (work || waiting.length === 0) return;
    inWork = waiting;
    waiting = [];
    work = keepFiles(inWork).then((found) => {
      kept.artifacts.push(...found.artifacts);
      kept.gaps.push(...found.gaps);
      inWork = [];
      work = undefined;
    });
  }

  async function keepAll(): Promise<void> {
    for (keepWaiting(); work; keepWaiting()) await work;
  }

  function take(event: ApiEvent, points: MetricPoint[], result: SourceRead): void {
    if (event.e === "log") addPoints(event, points, result);
    else if (event.e === "params") result.params = { ...result.params, ...masked(event.values) };
    else if (event.e === "tag") {
      result.tags = { ...result.tags, [event.key]: event.value && maskValue(event.key, event.value) };
    } else if (event.e === "artifact") {
      const { path, name, size, mtimeNs } = event;
      waiting.push({ path, name, size, mtimeNs });
    }
  }

  function addPoints({ t, step, values }: ApiEvent & { e: "log" }, points: MetricPoint[], result: SourceRead): void {
    for (const [key, value] of Object.entries(values)) {
      if (!keys.has(key) && keys.size >= MAX_KEYS) {
        if (!full) result.warnings = ["The run logs more than 10,000 metrics; those beyond are left out."];
        full = true;
        continue;
      }
      keys.add(key);
      points.push({ key, value, step, time: t });
    }
  }

  return {
    id: ID,
    async read(final) {
      const read = lines.read(final);
      const result: SourceRead = { more: read.more };
      const points: MetricPoint[] = [];
      damaged += read.damaged;
      for (const event of read.events) take(event, points, result);
      if (points.length > 0) result.points = [{ source: ID, points }];
      if (final && !read.more) {
        await keepAll();
        if (damaged > 0) {
          result.warnings = [...(result.warnings ?? []), `${damaged} lines of what the run logged could not be read.`];
          damaged = 0;
        }
      } else keepWaiting();
      if (kept.artifacts.length > 0) result.artifacts = kept.artifacts;
      if (kept.gaps.length > 0) result.gaps = kept.gaps;
      kept = { artifacts: [], gaps: [] };
      return result;
    },
    checkpoint: () => ({
      lines: lines.checkpoint(),
      files: [...inWork, ...waiting],
      keys: [...keys],
      full,
      damaged,
    }),
  };
}

function masked(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, maskValue(name, value)]));
}
