/**
 * Runs that the script logged with MLflow to a server of the user's own. They are there, and here too: the first is this run,
 * later ones are below it. Their artifacts are there only.
 */
import { createHash } from "node:crypto";
import type { MetricPoint, Run, RunStatus } from "../../domain/run";
import { isRunId } from "../../domain/runId";
import type { SpoolRecord } from "../../ingest/spool";
import type { ImportedSeries, IngestBatch, Store } from "../../store/contract";
import { addToBatch } from "../batch";
import type { Listener } from "../listener";

type Told = Extract<SpoolRecord, { e: "mlflow" }>;

interface Below {
  name: string;
  parent: string | undefined;
  begun: number;
  ended: number | null;
  status: string;
  params: Record<string, string>;
  tags: Record<string, string>;
  points: MetricPoint[];
}

const SOURCE = "mlflow";
/** The tag that tells where the run is on the user's server. */
export const UPSTREAM_TAG = "mlflow.upstreamRun";
const STATUS: Record<string, RunStatus> = { FINISHED: "finished", FAILED: "failed", KILLED: "killed" };
/** Points that are held until the end; more would only take more memory. */
const MAX_POINTS = 2_000_000;

/** `isOurs`: the store that it was logged to is one that we gave it, and no other place where the run could be found. */
export function createMirror(store: Store, id: string, isOurs = false): Listener {
  let found: IngestBatch = {};
  let ours: string | undefined;
  let held = 0;
  const below = new Map<string, Below>();

  function hear(event: Told): void {
    const { run, params = {}, tags = {} } = event;
    const points = (event.metrics ?? []).map(toPoint);
    // One that the script goes on with is the first too.
    if (ours === undefined && event.parent === undefined) {
      ours = run;
      if (!isOurs) addToBatch(found, { tags: { [UPSTREAM_TAG]: run } });
    }
    if (run === ours) {
      addToBatch(found, { params, tags, points: [{ source: SOURCE, points }] });
      return;
    }
    const child = below.get(run) ?? newBelow(event);
    below.set(run, child);
    child.status = event.status ?? child.status;
    child.ended = event.ended ?? child.ended;
    Object.assign(child.params, params);
    Object.assign(child.tags, tags);
    held += points.length;
    if (held <= MAX_POINTS) for (const point of points) child.points.push(point);
  }

  return {
    hear(events) {
      for (const event of events) if (event.e === "mlflow") hear(event);
    },
    take() {
      const taken = found;
      found = {};
      return taken;
    },
    async finish() {
      if (below.size === 0) return;
      const base = store.getRun(id)!;
      const place = (run: string | undefined) => (run && below.has(run) ? idOf(run) : id);
      for (const [run, child] of below) {
        store.importRun({ run: asRun(base, idOf(run), place(child.parent), child), series: seriesOf(child.points) });
      }
      if (held > MAX_POINTS) {
        addToBatch(found, {
          warnings: [`Of the runs below, ${held - MAX_POINTS} points are on the tracking server only.`],
        });
      }
    },
  };
}

function newBelow({ t, begun = t, name = "", parent }: Told): Below {
  return { name, parent, begun, ended: null, status: "RUNNING", params: {}, tags: {}, points: [] };
}

/** Our id of a run below: MLflow's own ids have our form; those of others become one. */
export function idOf(run: string): string {
  return isRunId(run) ? run : createHash("sha256").update(run).digest("hex").slice(0, 32);
}

function toPoint({ key, value, step, time }: NonNullable<Told["metrics"]>[number]): MetricPoint {
  const named: Record<string, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };
  return { key, step, time, value: named[value] ?? Number(value) };
}

function asRun(base: Run, id: string, parent: string, child: Below): Run {
  const { begun, ended, status, params, tags, name } = child;
  const last = child.points.reduce((latest, { time }) => Math.max(latest, time), begun);
  return {
    ...base,
    id,
    parent,
    name: name || id.slice(0, 8),
    status: STATUS[status] ?? "lost",
    exitCode: null,
    signal: null,
    startTime: begun,
    endTime: ended ?? last,
    params,
    tags,
    metrics: {},
    note: "",
    pinned: false,
    inputs: null,
    gaps: [],
    warnings: [],
    logSize: 0,
    artifacts: [],
    snapshot: { ...base.snapshot, data: [], config: [], datasets: [] },
  };
}

function* seriesOf(points: readonly MetricPoint[]): Iterable<ImportedSeries> {
  const byKey = new Map<string, MetricPoint[]>();
  for (const point of points) {
    const series = byKey.get(point.key);
    if (series) series.push(point);
    else byKey.set(point.key, [point]);
  }
  for (const [key, series] of byKey) {
    series.sort((one, other) => one.step - other.step);
    const column = (field: "step" | "time" | "value") => Float64Array.from(series.map((point) => point[field]));
    yield { key, sources: [SOURCE], steps: column("step"), times: column("time"), values: column("value") };
  }
}
