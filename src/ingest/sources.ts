/** The list of a run's sources of params and metrics: what is added here is recorded live and after a crash alike. */
import { createMetricsFileReader } from "./metricsFile";
import { createMetricsTableReader } from "./metricsTable";
import { createOutputReader } from "./output";
import type { Source } from "./source";
import { createTensorBoardReader } from "./tensorboard/reader";

export interface SourcesOptions {
  /** The run's raw log. */
  logPath: string;
  /** The store's folder: what is found in files and kept goes there. */
  storeFolder: string;
  /** What each source gave as its checkpoint, by its id. */
  checkpoints?: Readonly<Record<string, unknown>>;
}

/** The sources of a run, to be read in this order. */
export function createSources({ logPath, storeFolder, checkpoints = {} }: SourcesOptions): Source[] {
  const output = createOutputReader(logPath, checkpoints.output);
  const metricsFile = createMetricsFileReader({
    // The output is read first, so that a final value finds the end of its curve.
    lastStep: output.lastStep,
    checkpoint: checkpoints["metrics-file"],
  });
  const tensorBoard = createTensorBoardReader({ storeFolder, checkpoint: checkpoints.tensorboard });
  return [output, metricsFile, createMetricsTableReader(checkpoints["metrics-table"]), tensorBoard];
}
