/** All sources of a run's params and metrics as one: what is added here is recorded live and after a crash alike. */
import { createMetricsFileReader } from "./metricsFile";
import { createOutputReader } from "./output";
import type { Source, SourceRead } from "./source";

/** Parts of a read that are lists, and those that are records. */
const LISTS = ["points", "artifacts", "config", "gaps", "warnings"] as const;
const RECORDS = ["params", "tags"] as const;

export interface SourceSet {
  /** What all of them have found since the last read. */
  read(final: boolean): Promise<SourceRead>;
  /** Tells all of them of a file that the run wrote. */
  offer(path: string): void;
  /** JSON-able; see `Source.checkpoint`. */
  checkpoint(): Record<string, unknown>;
}

/** The sources of a run whose raw log is at `logPath`, going on from a checkpoint of theirs. */
export function createSources(logPath: string, checkpoint?: unknown): SourceSet {
  const saved = (typeof checkpoint === "object" && checkpoint !== null ? checkpoint : {}) as Record<string, unknown>;
  const output = createOutputReader(logPath, saved["output"]);
  const metricsFile = createMetricsFileReader({ lastStep: output.lastStep, checkpoint: saved["metrics-file"] });
  // In this order: the metrics file asks for the steps that the output has come to.
  return joinSources([output, metricsFile]);
}

export function joinSources(sources: Source[]): SourceSet {
  return {
    async read(final) {
      const joined: SourceRead = { more: false };
      for (const source of sources) merge(joined, await source.read(final));
      return joined;
    },
    offer(path) {
      for (const source of sources) source.offer?.(path);
    },
    checkpoint: () => Object.fromEntries(sources.map((source) => [source.id, source.checkpoint()])),
  };
}

function merge(into: SourceRead, read: SourceRead): void {
  into.more ||= read.more;
  for (const part of RECORDS) if (read[part]) into[part] = { ...into[part], ...read[part] };
  for (const part of LISTS) if (read[part]) append(into, part, read);
}

function append<P extends (typeof LISTS)[number]>(into: SourceRead, part: P, read: SourceRead): void {
  into[part] = [...(into[part] ?? []), ...(read[part] ?? [])] as SourceRead[P];
}
