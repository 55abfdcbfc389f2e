/** The store's listings and metric series, against the same data as plain rows in SQLite, within one run. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { claim, median } from "./lib/measure.mjs";

const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-store-"));
const RUNS = 10_000;
const KEYS = 20;
const POINTS = 1_000_000;

try {
  const openStore = await loadStore();
  listings(openStore);
  longSeries(openStore);
  manyMetrics(openStore);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function loadStore() {
  const outfile = join(scratch, "store.mjs");
  const source = fileURLToPath(new URL("../src/store/open.ts", import.meta.url));
  await build({ entryPoints: [source], outfile, bundle: true, platform: "node", format: "esm" });
  return (await import(pathToFileURL(outfile))).openStore;
}

/** Ms that `action` takes: the median of several calls. */
function time(action, rounds = 9) {
  const all = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    action(i);
    all.push(performance.now() - start);
  }
  return median(all);
}

function once(action) {
  const start = performance.now();
  action();
  return performance.now() - start;
}

function print(what, ms, detail = "") {
  console.log(`  ${what.padEnd(46)} ${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms${detail}`);
}

/** MiB of all files in the folder. */
function mebibytes(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 2 ** 20;
}

function newRun(i) {
  const recorder = { pid: 1, startToken: "", host: "bench" };
  const run = {
    command: ["python", "train.py", `--seed=${i}`],
    cwd: "/project",
    script: "train.py",
    recorder,
    source: "cli",
  };
  return {
    ...run,
    experiment: `experiment-${i % 12}`,
    name: `run-${i}`,
    startTime: 1e12 + i * 1_000,
    tags: { user: `u${i % 5}` },
  };
}

function value(i, key) {
  return Math.sin(i * 31 + key * 7);
}

function listings(openStore) {
  console.log(`\nListings: ${RUNS} runs × ${KEYS} params × ${KEYS} metrics`);
  const store = openStore(mkdtempSync(join(scratch, "listings-")));
  const build = once(() => {
    for (let i = 0; i < RUNS; i++) {
      const id = store.createRun(newRun(i));
      const params = Object.fromEntries(
        Array.from({ length: KEYS }, (_, key) => [`param-${key}`, String(value(i, key))]),
      );
      const points = Array.from({ length: KEYS }, (_, key) => ({
        key: `metric-${key}`,
        step: 0,
        time: i,
        value: value(i, key),
      }));
      store.ingest(id, { params, points: [{ source: "api", points }] });
      store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 1e12 + i * 1_000 + (i % 977) });
    }
  });
  print("record them (3 transactions each)", build, `, ${((build * 1000) / RUNS).toFixed(0)} µs a run`);
  const peer = plainListings();

  const sort = (key) => ({ sort: { key, descending: true } });
  const page = (query) => time(() => store.listRuns(query));
  const first = page({});
  print("first 100, newest first", first);
  const byMetric = page(sort("metric:metric-7"));
  print("first 100 by a metric", byMetric);
  print("first 100 by a param", page(sort("param:param-7")));
  print("first 100 by duration", page(sort("duration")));
  print("first 100 of one experiment", page({ experiment: "experiment-3" }));
  print("first 100 with a text", page({ text: "N-99" }));
  print("first 100 with a text not of ASCII (none)", page({ text: "é" }));
  print(
    "experiments",
    time(() => store.listExperiments()),
  );
  print(
    "running runs",
    time(() => store.running()),
  );
  print(
    "what changed since, nothing",
    time(() => store.changesSince(RUNS * 3)),
  );
  const walk = once(() => {
    for (let cursor, next; next !== null; cursor = next)
      ({ next } = store.listRuns({ limit: 1_000, ...(cursor && { cursor }) }));
  });
  print("all, in pages of 1,000", walk);
  store.close();

  print("plain rows: first 100, newest first", time(peer.newest));
  const plain = time(peer.byMetric);
  print("plain rows: first 100 by a metric", plain);
  claim("first 100 of all runs", first, 10, { unit: " ms" });
  claim("by a metric, against plain rows", byMetric / plain, 1.5);
  peer.close();
}

/** The usual tables: a row for each param and each metric's latest value, joined when sorted by. */
function plainListings() {
  const db = new DatabaseSync(join(scratch, "plain-listings.sqlite"));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE runs (id TEXT PRIMARY KEY, name TEXT, experiment TEXT, status TEXT, start REAL);
    CREATE TABLE params (run TEXT, key TEXT, value TEXT, PRIMARY KEY (run, key));
    CREATE TABLE latest (run TEXT, key TEXT, value REAL, step REAL, PRIMARY KEY (run, key));
    BEGIN`);
  const run = db.prepare("INSERT INTO runs VALUES (?, ?, ?, 'finished', ?)");
  const param = db.prepare("INSERT INTO params VALUES (?, ?, ?)");
  const latest = db.prepare("INSERT INTO latest VALUES (?, ?, ?, 0)");
  for (let i = 0; i < RUNS; i++) {
    const id = i.toString(16).padStart(32, "0");
    run.run(id, `run-${i}`, `experiment-${i % 12}`, 1e12 + i);
    for (let key = 0; key < KEYS; key++) {
      param.run(id, `param-${key}`, String(value(i, key)));
      latest.run(id, `metric-${key}`, value(i, key));
    }
  }
  db.exec("COMMIT");
  const newest = db.prepare("SELECT * FROM runs ORDER BY start DESC LIMIT 100");
  const byMetric = db.prepare(
    "SELECT r.* FROM runs r LEFT JOIN latest m ON m.run = r.id AND m.key = ? ORDER BY m.value DESC LIMIT 100",
  );
  const among = "IN (SELECT value FROM json_each(?))";
  const params = db.prepare(`SELECT * FROM params WHERE run ${among}`);
  const metrics = db.prepare(`SELECT * FROM latest WHERE run ${among}`);
  const whole = (rows) => {
    const ids = JSON.stringify(rows.map((row) => row.id));
    return [rows, params.all(ids), metrics.all(ids)];
  };
  return {
    newest: () => whole(newest.all()),
    byMetric: () => whole(byMetric.all("metric-7")),
    close: () => db.close(),
  };
}

function longSeries(openStore) {
  console.log(`\nOne series of ${POINTS} points`);
  const point = (step) => ({ key: "loss", step, time: 1e12 + step * 10, value: value(step, 1) });
  let ours;
  for (const size of [1, 100, 1_000]) {
    ours = mkdtempSync(join(scratch, "series-"));
    const store = openStore(ours);
    const id = store.createRun(newRun(0));
    const count = size === 1 ? POINTS / 10 : POINTS;
    const taken = once(() => {
      for (let step = 0; step < count; step += size) {
        const points = Array.from({ length: size }, (_, i) => point(step + i));
        store.ingest(id, { points: [{ source: "api", points }], checkpoint: step });
      }
    });
    print(`${count} points in batches of ${size}`, taken, `, ${Math.round(count / taken)} points a ms`);
    store.close();
  }
  const store = openStore(ours);
  const id = store.resolveRun("latest");
  const columns = time(() => store.metricColumns(id, "loss", 0, POINTS), 5);
  print("read all as columns", columns);
  print(
    "read all as points",
    time(() => store.metricHistory(id, "loss", 0, POINTS), 3),
  );
  const walk = time(() => {
    for (let from = 0; from < POINTS; from += 25_000) store.metricHistory(id, "loss", from, 25_000);
  }, 3);
  print("read all in pages of 25,000 points", walk);
  print(
    "read 100 points in the middle",
    time(() => store.metricHistory(id, "loss", POINTS / 2, 100)),
  );
  store.close();
  const size = mebibytes(join(ours, ".modeltrail"));

  const peer = plainSeries(point);
  print("plain rows: in batches of 1,000", peer.ingest);
  const rows = time(peer.readAll, 3);
  print("plain rows: read all", rows);
  const offset = time(peer.walkByOffset, 1);
  print("plain rows: read all in pages of 25,000", offset);
  console.log(`  on disk: ${size.toFixed(0)} MiB, plain rows ${peer.size().toFixed(0)} MiB`);
  claim("reading all, times quicker than plain rows", rows / columns, 10, { atLeast: true });
  claim("paging through, times quicker than plain rows", offset / walk, 5, { atLeast: true });
  peer.close();
}

function plainSeries(point) {
  const folder = mkdtempSync(join(scratch, "plain-series-"));
  const db = new DatabaseSync(join(folder, "db.sqlite"));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE metrics (run TEXT, key TEXT, time REAL, step REAL, value REAL, PRIMARY KEY (run, key, time, step, value))`);
  const id = "0".repeat(32);
  const insert = db.prepare("INSERT OR IGNORE INTO metrics VALUES (?, 'loss', ?, ?, ?)");
  const ingest = once(() => {
    for (let step = 0; step < POINTS; step += 1_000) {
      db.exec("BEGIN IMMEDIATE");
      for (let i = 0; i < 1_000; i++) {
        const { time, value } = point(step + i);
        insert.run(id, time, step + i, value);
      }
      db.exec("COMMIT");
    }
  });
  const all = db.prepare("SELECT step, time, value FROM metrics WHERE run = ? AND key = 'loss' ORDER BY time, step");
  const page = db.prepare(`${all.sourceSQL} LIMIT 25000 OFFSET ?`);
  return {
    ingest,
    readAll: () => all.all(id),
    walkByOffset: () => {
      for (let from = 0; from < POINTS; from += 25_000) page.all(id, from);
    },
    size: () => mebibytes(folder),
    close: () => db.close(),
  };
}

function manyMetrics(openStore) {
  const METRICS = 1_000;
  const STEPS = 300;
  console.log(`\nA run with ${METRICS} metrics × ${STEPS} steps, a batch for each step`);
  const store = openStore(mkdtempSync(join(scratch, "many-")));
  const id = store.createRun(newRun(0));
  const peer = plainBatches();
  const [ours, theirs] = [[], []];
  for (let step = 0; step < STEPS; step++) {
    const points = Array.from({ length: METRICS }, (_, key) => ({
      key: `m/${key}`,
      step,
      time: step,
      value: value(step, key),
    }));
    ours.push(once(() => store.ingest(id, { points: [{ source: "api", points }] })));
    theirs.push(once(() => peer.ingest(points)));
  }
  print("a batch of 1,000 points, median", median(ours), `; longest ${Math.max(...ours).toFixed(0)} ms`);
  print("plain rows: the same", median(theirs), `; longest ${Math.max(...theirs).toFixed(0)} ms`);
  print(
    "read its summary",
    time(() => store.getSummaries([id])),
  );
  claim("a batch of 1,000 metrics, against plain rows", median(ours) / median(theirs), 1.5);
  store.close();
  peer.close();
}

/** A row for each point and one for each metric's latest, as trackers on SQLite have them. */
function plainBatches() {
  const db = new DatabaseSync(join(mkdtempSync(join(scratch, "plain-many-")), "db.sqlite"));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE metrics (run TEXT, key TEXT, time REAL, step REAL, value REAL, PRIMARY KEY (run, key, time, step, value));
    CREATE TABLE latest (run TEXT, key TEXT, time REAL, step REAL, value REAL, PRIMARY KEY (run, key))`);
  const id = "0".repeat(32);
  const insert = db.prepare("INSERT OR IGNORE INTO metrics VALUES (?, ?, ?, ?, ?)");
  const upsert = db.prepare("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)");
  return {
    ingest(points) {
      db.exec("BEGIN IMMEDIATE");
      for (const { key, time, step, value } of points) {
        insert.run(id, key, time, step, value);
        upsert.run(id, key, time, step, value);
      }
      db.exec("COMMIT");
    },
    close: () => db.close(),
  };
}
