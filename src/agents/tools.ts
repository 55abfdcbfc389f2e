import { compareRuns } from "./compareRuns";
import { explainRun } from "./explainRun";
import { listRuns, searchRuns } from "./listRuns";
import { metricHistory } from "./metricHistory";
import { readLog } from "./readLog";
import { showRun } from "./showRun";
import type { Tool } from "./tool";
import { traceFile } from "./traceFile";

/** All that read. What starts a run is apart: see startRun.ts. */
export const readTools = [
  listRuns,
  searchRuns,
  showRun,
  compareRuns,
  explainRun,
  metricHistory,
  readLog,
  traceFile,
] as readonly Tool[];
