/** `search_runs` of our server against MLflow's own with SQLite: the same 10,000 runs, the same requests, one client. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { claim, median } from "./lib/measure.mjs";
import {
  addTheirExperiment,
  serveOurs,
  startOurs,
  startTheirs,
  stopServers,
  theirRunAdder,
} from "./lib/mlflowServers.mjs";
import { installPeers } from "./lib/peers.mjs";

const RUNS = 10_000;
const METRICS = 50;
const ROUNDS = 9;
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-search-"));

if (process.argv[2] === "serve") await serveOurs(process.argv[3], process.argv[4], fillOurs);
else {
  try {
    await main();
  } finally {
    stopServers();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function main() {
  const bin = installPeers();
  if (bin === null) return;
  const ours = await startOurs(scratch, fileURLToPath(import.meta.url));
  const theirs = await startTheirs(bin, scratch, fillTheirs);
  const filter = "metrics.`metric-7` > 0.5";
  const searches = {
    "first page of 1,000 with a metric filter": { filter },
    "first 100 with a metric filter": { filter, max_results: 100 },
    "first 100 with two metric filters, by a third": {
      filter: `${filter} and metrics.\`metric-8\` < 0`,
      order_by: ["metrics.`metric-9` DESC"],
      max_results: 100,
    },
    "first 100 without a filter": { max_results: 100 },
  };
  const ratios = {};
  for (const [what, search] of Object.entries(searches)) {
    const [our, their] = await compare(ours, theirs, search);
    ratios[what] = median(their) / median(our);
    console.log(`  ${what.padEnd(46)} ours ${ms(our)}   MLflow ${ms(their)}   ${ratios[what].toFixed(1)} times`);
  }
  for (const what of Object.keys(searches).slice(0, 2)) {
    claim(`${what}, against MLflow's server`, ratios[what], 20, { unit: " times", atLeast: true });
  }
}

/** Ms of each, in turn after one warm-up; both must find the same runs. */
async function compare(ours, theirs, search) {
  const times = [[], []];
  for (let round = -1; round < ROUNDS; round++) {
    const found = [];
    for (const [index, { uri, experiment }] of [ours, theirs].entries()) {
      const start = performance.now();
      const response = await fetch(`${uri}/api/2.0/mlflow/runs/search`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ experiment_ids: [experiment], ...search }),
      });
      const text = await response.text();
      const took = performance.now() - start;
      if (response.status !== 200) throw new Error(`${uri}: ${response.status} ${text.slice(0, 500)}`);
      if (round >= 0) times[index].push(took);
      found.push(
        JSON.parse(text)
          .runs.map(({ info, data }) => `${info.run_name} ${data.metrics.length}`)
          .join(),
      );
    }
    if (found[0] !== found[1]) throw new Error(`The servers found different runs for ${JSON.stringify(search)}.`);
  }
  return times;
}

function ms(times) {
  return `${median(times).toFixed(1)} ms (${Math.min(...times).toFixed(1)}–${Math.max(...times).toFixed(1)})`.padEnd(
    26,
  );
}

/** Different ones for each metric, so that half of the runs fit a filter. */
function value(run, metric) {
  return Math.sin(run * 31 + metric * 7);
}

function fillOurs(store) {
  const experiment = store.tracking.createExperiment({ name: "bench", artifactLocation: null, tags: {} });
  for (let run = 0; run < RUNS; run++) {
    const name = `run-${run}`;
    const startTime = 1e12 + run * 1_000;
    const id = store.tracking.createRun({ experiment, name, user: "bench", startTime, tags: {}, parent: null });
    const metrics = Array.from({ length: METRICS }, (_, metric) => ({
      key: `metric-${metric}`,
      value: value(run, metric),
      time: startTime,
      step: 0,
    }));
    store.tracking.log(id, { metrics });
    store.tracking.updateRun(id, { status: "FINISHED", endTime: startTime + 500 });
  }
  return experiment;
}

function fillTheirs(db) {
  const experiment = addTheirExperiment(db);
  const addRun = theirRunAdder(db, experiment);
  const tables = ["metrics", "latest_metrics"].map((table) =>
    db.prepare(`INSERT INTO ${table} (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, 0, 0)`),
  );
  for (let run = 0; run < RUNS; run++) {
    const id = run.toString(16).padStart(32, "0");
    const start = 1e12 + run * 1_000;
    addRun(id, `run-${run}`, start);
    for (let metric = 0; metric < METRICS; metric++) {
      for (const table of tables) table.run(`metric-${metric}`, value(run, metric), start, id);
    }
  }
  return experiment;
}
