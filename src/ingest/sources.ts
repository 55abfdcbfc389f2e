/** The list of a run's sources of params and metrics: what is added here is recorded live and after a crash alike. */
import { type ApiOptions, createApiReader } from "./api";
import { createMetricsFileReader } from "./metricsFile";
import { createMetricsTableReader } from "./metricsTable";
import { createOutputReader } from "./output";
import type { OwnRules } from "./ownRules";
import type { Source } from "./source";
import { createTensorBoardReader } from "./tensorboard/reader";

export interface SourcesOptions {
  /** The run's raw log. */
  logPath: string;
  /** The store's folder: what is found in files and kept goes there. */
  storeFolder: string;
  /** The run's spool. */
  spoolFolder: string;
  keepFiles: ApiOptions["keepFiles"];
  /** The project's own rules for output lines. */
  rules?: OwnRules | undefined;
  /** What each source gave as its checkpoint, by its id. */
  checkpoints?: Readonly<Record<string, unknown>>;
}

/** The sources of a run, to be read in this order. */
export function createSources(options: SourcesOptions): Source[] {
  const { logPath, storeFolder, spoolFolder, keepFiles, rules, checkpoints = {} } = options;
  const output = createOutputReader(logPath, checkpoints.output, rules);
  const metricsFile = createMetricsFileReader({
    // The output is read first, so that a final value finds the end of its curve.
    lastStep: output.lastStep,
    checkpoint: checkpoints["metrics-file"],
  });
  const tensorBoard = createTensorBoardReader({ storeFolder, checkpoint: checkpoints.tensorboard });
  const api = createApiReader({ spoolFolder, keepFiles, checkpoint: checkpoints.api });
  return [output, metricsFile, createMetricsTableReader(checkpoints["metrics-table"]), tensorBoard, api];
}
