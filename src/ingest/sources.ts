/** The list of a run's sources of params and metrics: what is added here is recorded live and after a crash alike. */
import { createMetricsFileReader } from "./metricsFile";
import { createOutputReader } from "./output";
import type { Source } from "./source";

/**
 * The sources of a run whose raw log is at `logPath`, to be read in this order. `checkpoints` holds what each gave as its
 * checkpoint, by its id.
 */
export function createSources(logPath: string, checkpoints: Readonly<Record<string, unknown>> = {}): Source[] {
  const output = createOutputReader(logPath, checkpoints.output);
  const metricsFile = createMetricsFileReader({
    // The output is read first, so that a final value finds the end of its curve.
    lastStep: output.lastStep,
    checkpoint: checkpoints["metrics-file"],
  });
  return [output, metricsFile];
}
