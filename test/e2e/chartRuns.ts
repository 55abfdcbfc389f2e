/** Runs with curves for the charts to draw, put into a project's store as a recorder would. */

import type { Store } from "../../src/store/contract";
import { openStore } from "../../src/store/open";

export interface MadeRun {
  name: string;
  experiment?: string;
  params?: Record<string, string>;
  tags?: Record<string, string>;
  /** Values by metric, at steps 0, 1, 2, … */
  metrics: Record<string, readonly number[]>;
  /** Left as it is while it runs. */
  running?: boolean;
}

const START = Date.UTC(2025, 0, 6, 9);

/** Gives the ids, in the order of the runs. */
export function makeRuns(folder: string, runs: readonly MadeRun[]): string[] {
  const store = openStore(folder);
  try {
    return runs.map((run, at) => makeRun(store, run, START + at * 60_000));
  } finally {
    store.close();
  }
}

function makeRun(store: Store, run: MadeRun, startTime: number): string {
  const { name, experiment = "sweep", params = {}, tags = {}, metrics } = run;
  const id = store.createRun({
    ...{ experiment, name, tags, startTime, cwd: store.root, script: "train.py" },
    command: ["python", "train.py"],
    recorder: { pid: process.pid, startToken: "", host: "elsewhere" },
    source: "cli",
  });
  for (const [key, values] of Object.entries(metrics)) {
    const points = values.map((value, step) => ({ key, step, value, time: startTime + step * 1_000 }));
    store.ingest(id, { points: [{ source: "api", points }] });
  }
  store.ingest(id, { params });
  const endTime = startTime + 30_000;
  if (!run.running) store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime });
  return id;
}
