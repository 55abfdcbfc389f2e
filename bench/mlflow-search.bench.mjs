/** `search_runs` of our server against MLflow's own with SQLite: the same 10,000 runs, the same requests, one client. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { claim, median } from "./lib/measure.mjs";
import { installPeers } from "./lib/peers.mjs";

const RUNS = 10_000;
const METRICS = 50;
const ROUNDS = 9;
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-search-"));
const children = [];

if (process.argv[2] === "serve") await serveOurs(process.argv[3], process.argv[4]);
else {
  try {
    await main();
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function main() {
  const bin = installPeers();
  if (bin === null) return;
  const ours = await startOurs();
  const theirs = await startTheirs(bin);
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

/** Both servers in a process of their own, filled beforehand. */
async function startOurs() {
  const bundle = join(scratch, "ours.mjs");
  const contents = `export { openStore } from "./src/store/open";
    export { createMlflowServer } from "./src/ingest/mlflow/server";`;
  const resolveDir = fileURLToPath(new URL("..", import.meta.url));
  await build({
    stdin: { contents, resolveDir, loader: "ts" },
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve", bundle, scratch], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return JSON.parse(await firstLine(child));
}

async function serveOurs(bundle, root) {
  const { openStore, createMlflowServer } = await import(pathToFileURL(bundle));
  const store = openStore(root);
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
  const server = createMlflowServer({ store, secret: "bench", onError: (error) => console.error(error) });
  console.log(JSON.stringify({ uri: await server.listen(), experiment: String(experiment) }));
}

async function startTheirs(bin) {
  const file = join(scratch, "mlflow.db");
  const uri = `sqlite:///${file}`;
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" };
  execFileSync(join(bin, "mlflow"), ["db", "upgrade", uri], { env, stdio: "ignore" });
  const experiment = fillTheirs(file);
  const port = await freePort();
  const artifacts = pathToFileURL(join(scratch, "artifacts")).href;
  const args = ["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"];
  const child = spawn(
    join(bin, "mlflow"),
    [...args, "--backend-store-uri", uri, "--default-artifact-root", artifacts],
    // Its workers are children of its own: they end with the group.
    { env, stdio: "ignore", detached: true },
  );
  children.push({ kill: (signal) => process.kill(-child.pid, signal) });
  const address = `http://127.0.0.1:${port}`;
  await isUp(`${address}/health`);
  return { uri: address, experiment };
}

/** The rows that logging the same through its API leaves. */
function fillTheirs(file) {
  const db = new DatabaseSync(file);
  const experiment = 1;
  db.exec("BEGIN");
  db.prepare(
    `INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    VALUES (?, 'bench', 'file:///bench', 'active', 0, 0)`,
  ).run(experiment);
  const addRun = db.prepare(
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
      source_version, lifecycle_stage, artifact_uri, experiment_id)
    VALUES (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, ?, '', 'active', ?, ?)`,
  );
  const addTag = db.prepare("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)");
  const tables = ["metrics", "latest_metrics"].map((table) =>
    db.prepare(`INSERT INTO ${table} (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, 0, 0)`),
  );
  for (let run = 0; run < RUNS; run++) {
    const id = run.toString(16).padStart(32, "0");
    const start = 1e12 + run * 1_000;
    addRun.run(id, `run-${run}`, start, start + 500, `file:///bench/${id}/artifacts`, experiment);
    addTag.run(`run-${run}`, id);
    for (let metric = 0; metric < METRICS; metric++) {
      for (const table of tables) table.run(`metric-${metric}`, value(run, metric), start, id);
    }
  }
  db.exec("COMMIT");
  db.exec("ANALYZE");
  db.close();
  return String(experiment);
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
      if (text.includes("\n")) resolve(text.split("\n")[0]);
    });
    child.on("exit", (code) => reject(new Error(`Our server ended with ${code}.`)));
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function isUp(url) {
  const end = Date.now() + 120_000;
  for (;;) {
    const up = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    if (Date.now() > end) throw new Error(`${url} does not answer.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
