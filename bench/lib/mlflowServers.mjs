/** Our MLflow-compatible server and MLflow's own with SQLite, each in a process of its own, to be asked the same things. */
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const children = [];

/**
 * @typedef {object} Server
 * @property {string} uri its tracking URI
 * @property {string} experiment the id of the experiment that it was filled with
 */

/**
 * Bundles the sources and starts `bench` with the arguments `serve BUNDLE ROOT`, for it to call `serveOurs`.
 * @param {string} scratch @param {string} bench @returns {Promise<Server>}
 */
export async function startOurs(scratch, bench) {
  const bundle = join(scratch, "ours.mjs");
  const contents = `export { openStore } from "./src/store/open";
    export { createMlflowServer } from "./src/ingest/mlflow/server";`;
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../..", import.meta.url)), loader: "ts" },
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const child = spawn(process.execPath, [bench, "serve", bundle, scratch], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return JSON.parse(await firstLine(child));
}

/** Serves a store at `root` that `fill` has filled; it gives the number of the experiment. */
export async function serveOurs(bundle, root, fill) {
  const { openStore, createMlflowServer } = await import(pathToFileURL(bundle));
  const store = openStore(root);
  const experiment = await fill(store);
  const server = createMlflowServer({ store, secret: "bench", onError: (error) => console.error(error) });
  console.log(JSON.stringify({ uri: await server.listen(), experiment: String(experiment) }));
}

/**
 * MLflow's server over a database that `fill` has put the rows into that logging through its API leaves, in one transaction;
 * it gives the number of the experiment.
 * @param {string} bin @param {string} scratch @param {(db: DatabaseSync) => number} fill @returns {Promise<Server>}
 */
export async function startTheirs(bin, scratch, fill) {
  const file = join(scratch, "mlflow.db");
  const uri = `sqlite:///${file}`;
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" };
  execFileSync(join(bin, "mlflow"), ["db", "upgrade", uri], { env, stdio: "ignore" });
  const db = new DatabaseSync(file);
  db.exec("BEGIN");
  const experiment = fill(db);
  db.exec("COMMIT");
  db.exec("ANALYZE");
  db.close();
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
  return { uri: address, experiment: String(experiment) };
}

/** Adds an experiment to MLflow's database; gives its number. */
export function addTheirExperiment(db) {
  const experiment = 1;
  db.prepare(
    `INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    VALUES (?, 'bench', 'file:///bench', 'active', 0, 0)`,
  ).run(experiment);
  return experiment;
}

/** Adds ended runs to MLflow's database, one at each call. */
export function theirRunAdder(db, experiment) {
  const addRun = db.prepare(
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
      source_version, lifecycle_stage, artifact_uri, experiment_id)
    VALUES (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, ?, '', 'active', ?, ?)`,
  );
  const addTag = db.prepare("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)");
  return (id, name, start) => {
    addRun.run(id, name, start, start + 500, `file:///bench/${id}/artifacts`, experiment);
    addTag.run(name, id);
  };
}

/** Ends both. */
export function stopServers() {
  for (const child of children.splice(0)) child.kill("SIGKILL");
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
