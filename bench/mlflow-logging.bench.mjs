/** Logging to our server and reading metrics back, against MLflow's own with SQLite: the same requests from one client, in turn. */
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
import { openConnection, requestBytes } from "./lib/rawClient.mjs";

const POINTS = 1_000_000;
/** The client's own size of a page. */
const PAGE = 25_000;
const SINGLES = 300;
const BATCHES = 30;
const CONNECTIONS = 200;
/** Calls of each of them. */
const EACH = 5;
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-logging-"));

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
  const servers = [];
  for (const server of [ours, theirs]) {
    const connection = await openConnection(server.uri);
    servers.push({ ...server, send: connection.send, run: await createRun(server, connection) });
  }

  const singles = await inTurn(servers, SINGLES, logMetric);
  show("log_metric", singles);
  const batches = await inTurn(servers, BATCHES, logBatch);
  show("log_batch of 1,000 metrics", batches);
  const series = await inTurn(servers, BATCHES, logSeries);
  show("log_batch of 1,000 steps of a metric", series);
  const pages = await inTurn(servers, 1, readHistory);
  show("history of 1,000,000 points in pages", pages);
  const lost = await logAtOnce(servers[0]);
  await logAtOnce(servers[1]);

  const times = ([our, their]) => median(their) / median(our);
  const asOften = { unit: " times", atLeast: true };
  claim("log_metric, time of the server against MLflow's", 1 / times(singles), 0.1, { unit: " of it" });
  claim("log_batch of 1,000 metrics, rate against MLflow's", times(batches), 10, asOften);
  claim("log_batch of 1,000 steps, rate against MLflow's", times(series), 10, asOften);
  claim("history of 1,000,000 points, against MLflow's", times(pages), 10, asOften);
  claim(`points lost of ${CONNECTIONS} connections at once`, lost, 0);
}

async function createRun({ uri, experiment }, { send }) {
  const message = { experiment_id: experiment, start_time: 1e12 };
  const { run } = JSON.parse(await send(requestBytes(uri, "POST", "runs/create", message)));
  return run.info.run_id;
}

/** Ms of each server, by turns, after a tenth of the rounds to warm up. `makeAction` is not measured, what it gives is. */
async function inTurn(servers, rounds, makeAction) {
  const times = servers.map(() => []);
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const action = makeAction(server, round + rounds);
      const start = performance.now();
      await action();
      if (round >= 0) times[index].push(performance.now() - start);
    }
  }
  return times;
}

function logMetric({ uri, run, send }, round) {
  const message = { run_id: run, key: "single", value: Math.sin(round), timestamp: 1e12 + round, step: round };
  const bytes = requestBytes(uri, "POST", "runs/log-metric", message);
  return () => send(bytes);
}

function logBatch({ uri, run, send }, step) {
  const metrics = Array.from({ length: 1_000 }, (_, metric) => ({
    key: `metric-${metric}`,
    value: Math.sin(step + metric),
    timestamp: 1e12 + step,
    step,
  }));
  const bytes = requestBytes(uri, "POST", "runs/log-batch", { run_id: run, metrics });
  return () => send(bytes);
}

function logSeries({ uri, run, send }, round) {
  const metrics = Array.from({ length: 1_000 }, (_, place) => {
    const step = round * 1_000 + place;
    return { key: "series", value: Math.sin(step), timestamp: 1e12 + step, step };
  });
  const bytes = requestBytes(uri, "POST", "runs/log-batch", { run_id: run, metrics });
  return () => send(bytes);
}

/** The whole curve of the long run, each point looked at. */
function readHistory({ uri, send, experiment }) {
  return async () => {
    const search = { experiment_ids: [experiment], filter: "run_name = 'long'" };
    const { runs } = JSON.parse(await send(requestBytes(uri, "POST", "runs/search", search)));
    const query = { run_id: runs[0].info.run_id, metric_key: "loss", max_results: PAGE };
    let count = 0;
    let page_token;
    do {
      const message = page_token ? { ...query, page_token } : query;
      const page = JSON.parse(await send(requestBytes(uri, "GET", "metrics/get-history", message)));
      for (const { step, value: found } of page.metrics) {
        if (step !== count || found !== value(step)) throw new Error(`${uri}: point ${count} is ${step}, ${found}`);
        count++;
      }
      page_token = page.next_page_token;
    } while (page_token);
    if (count !== POINTS) throw new Error(`${uri}: ${count} points`);
  };
}

/** Points that two hundred clients logged at once, five each, and that are not there afterwards. */
async function logAtOnce({ uri, run, send }) {
  const start = performance.now();
  const taken = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, client) => {
      const connection = await openConnection(uri);
      let count = 0;
      for (let step = client * EACH; step < (client + 1) * EACH; step++) {
        const message = { run_id: run, key: "together", value: step, timestamp: 1e12 + step, step };
        const bytes = requestBytes(uri, "POST", "runs/log-metric", message);
        count += await connection.send(bytes).then(
          () => 1,
          () => 0,
        );
      }
      connection.close();
      return count;
    }),
  );
  const took = performance.now() - start;
  const query = { run_id: run, metric_key: "together" };
  const { metrics } = JSON.parse(await send(requestBytes(uri, "GET", "metrics/get-history", query)));
  const [all, told] = [CONNECTIONS * EACH, taken.reduce((sum, count) => sum + count, 0)];
  console.log(
    `  ${CONNECTIONS} connections at once: ${told} of ${all} taken, ${metrics.length} there, ${took.toFixed(0)} ms`,
  );
  return all - Math.min(told, metrics.length);
}

function show(what, [our, their]) {
  const ratio = median(their) / median(our);
  console.log(`  ${what.padEnd(40)} ours ${ms(our)}   MLflow ${ms(their)}   ${ratio.toFixed(1)} times`);
}

function ms(times) {
  return `${median(times).toFixed(2)} ms (${Math.min(...times).toFixed(2)}–${Math.max(...times).toFixed(2)})`.padEnd(
    30,
  );
}

function value(step) {
  return Math.sin(step) / 3;
}

function fillOurs(store) {
  const experiment = store.tracking.createExperiment({ name: "bench", artifactLocation: null, tags: {} });
  const id = store.tracking.createRun({
    experiment,
    name: "long",
    user: "bench",
    startTime: 1e12,
    tags: {},
    parent: null,
  });
  for (let from = 0; from < POINTS; from += 1_000) {
    const metrics = Array.from({ length: 1_000 }, (_, place) => {
      const step = from + place;
      return { key: "loss", value: value(step), time: 1e12 + step, step };
    });
    store.tracking.log(id, { metrics });
  }
  return experiment;
}

function fillTheirs(db) {
  const experiment = addTheirExperiment(db);
  const run = "1".padStart(32, "0");
  theirRunAdder(db, experiment)(run, "long", 1e12);
  const add = (table, step) =>
    db
      .prepare(`INSERT INTO ${table} (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ?, ?, ?, ?, 0)`)
      .run(value(step), 1e12 + step, run, step);
  for (let step = 0; step < POINTS; step++) add("metrics", step);
  add("latest_metrics", POINTS - 1);
  return experiment;
}
