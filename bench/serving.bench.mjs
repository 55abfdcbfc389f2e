/**
 * Predictions over HTTP: `mlflow models serve` against our endpoint, gateway and prediction log included; the same scikit-learn
 * model, saved by MLflow, the same Python, and the same client, in turn. Then a version is exchanged under load.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { paths } from "../scripts/lib/paths.mjs";
import { ensureVenv } from "../scripts/lib/python.mjs";
import { claim, median } from "./lib/measure.mjs";
import { openConnection } from "./lib/rawClient.mjs";

const CONNECTIONS = 4;
const ROUNDS = 7;
const ROUND_MS = 2_000;
const NAME = "bench";
/** That of the tests. */
const REQUIREMENTS = ["examples/wine/requirements.txt", "test/serve/requirements.txt"];
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-serving-"));
const ends = [];

try {
  await main();
} finally {
  for (const end of ends.reverse()) await end();
  rmSync(scratch, { recursive: true, force: true });
}

async function main() {
  const python = await ensureVenv(REQUIREMENTS.map((file) => join(paths.root, file)));
  if (!python) return;
  const made = execFileSync(python, [join(import.meta.dirname, "lib/servingModels.py"), scratch], { encoding: "utf8" });
  const { columns, bodies } = JSON.parse(made.trim().split("\n").at(-1));
  const theirs = await serveTheirs(python);
  const ours = await serveOurs(python, columns);
  for (const rows of [1, 100]) {
    const body = JSON.stringify(bodies[rows]);
    checkSame(await once(theirs, body), await once(ours.uri, body));
    const results = await inTurn([theirs, ours.uri], body);
    const [rates, lates] = [results.map(({ rate }) => rate), results.map(({ p99 }) => p99)];
    console.log(`  ${rows} row(s), requests/s   MLflow ${shown(rates[0])}   ours ${shown(rates[1])}`);
    console.log(`  ${rows} row(s), p99 in ms    MLflow ${shown(lates[0])}   ours ${shown(lates[1])}`);
    const ratio = (values) => median(values[1].map((value, round) => value / values[0][round]));
    claim(`requests/s of ${rows} row(s), gateway included, against MLflow's`, ratio(rates), 1.5, {
      ...{ unit: " times", atLeast: true },
    });
    claim(`p99 of ${rows} row(s) against MLflow's`, ratio(lates), 1, { unit: " times" });
  }
  const { failed, answered } = await exchangeUnderLoad(ours, JSON.stringify(bodies[1]));
  console.log(`  ${answered} requests while the version was exchanged`);
  claim("requests that failed while a version was exchanged under load", failed, 0);
}

async function serveTheirs(python) {
  const port = await freePort();
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", PATH: `${join(python, "..")}:${process.env.PATH}` };
  const args = ["-m", "mlflow", "models", "serve", "-m", join(scratch, "model"), "--env-manager", "local"];
  const child = spawn(python, [...args, "--host", "127.0.0.1", "--port", String(port), "--workers", "1"], {
    // What it starts is its child, and ends with the group.
    ...{ env, stdio: "ignore", detached: true },
  });
  ends.push(() => process.kill(-child.pid, "SIGKILL"));
  const uri = `http://127.0.0.1:${port}`;
  for (let left = 600; ; left--) {
    const isUp = await fetch(`${uri}/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return uri;
    if (left === 0) throw new Error("MLflow's server does not start.");
    await wait(100);
  }
}

/** As it ships: the built command, and the target that deploys to this machine. */
async function serveOurs(python, columns) {
  const built = join(scratch, "built");
  mkdirSync(built);
  symlinkSync(join(paths.root, "python"), join(built, "python"));
  const args = [join(paths.root, "scripts/build.mjs"), "--out", join(built, "dist"), "--only", "cli,cli-main"];
  execFileSync(process.execPath, args, { stdio: "ignore" });
  const outfile = join(scratch, "ours.mjs");
  const contents = `export { openStore } from "./src/store/open";
    export { makeLocalServing } from "./src/deploy/local/localServing";`;
  const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    ...{
      stdin: { contents, resolveDir: paths.root, loader: "ts" },
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
    },
    ...{ logLevel: "error", banner: { js: require } },
  });
  const { openStore, makeLocalServing } = await import(pathToFileURL(outfile).href);
  const project = join(scratch, "project");
  mkdirSync(project);
  const store = openStore(project);
  const program = [process.execPath, join(built, "dist/cli.js")];
  const options = { program, python: async () => ({ python, env: {} }) };
  const target = makeLocalServing({ store, env: process.env }, options);
  const signal = AbortSignal.timeout(600_000);
  ends.push(async () => {
    await target.undeploy({ name: NAME, url: null }, signal);
    store.close();
  });
  const deploy = (version) => {
    const routes = [
      { model: NAME, version, bundle: `v${version}`, role: "champion", percent: 100, ready: bundle(version, columns) },
    ];
    const plan = { name: NAME, settings: { target: "local" }, routes, token: null };
    const apply = { handle: null, keep() {}, onStep() {}, verify: async () => {}, signal };
    return target.apply(plan, apply);
  };
  const { url } = await deploy(1);
  return { uri: url, deploy };
}

function bundle(version, columns) {
  const folder = join(scratch, "bundles", `v${version}`);
  cpSync(join(scratch, "model"), join(folder, "model"), { recursive: true });
  cpSync(join(paths.root, "python/serve/modeltrail_serve"), join(folder, "modeltrail_serve"), { recursive: true });
  const manifest = {
    ...{ format: 1, model: NAME, version, run: null, flavour: "mlflow", modelFormat: "mlflow", executesCode: true },
    ...{ entry: "model", python: "3.11", requirements: [], sample: null, files: [], created: new Date().toISOString() },
    input: { columns: columns.map((name) => ({ name, type: "double", required: true })) },
  };
  writeFileSync(join(folder, "bundle.json"), JSON.stringify(manifest));
  return { hash: `v${version}`, folder, manifest: JSON.parse(readFileSync(join(folder, "bundle.json"), "utf8")) };
}

function requestOf(uri, body) {
  const { host } = new URL(uri);
  const head = `POST /invocations HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n`;
  return Buffer.from(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

async function once(uri, body) {
  const connection = await openConnection(uri);
  const answer = JSON.parse((await connection.send(requestOf(uri, body))).toString());
  connection.close();
  return answer;
}

function checkSame(theirs, ours) {
  const [one, other] = [theirs, ours].map(({ predictions }) => JSON.stringify(predictions));
  if (one !== other) throw new Error(`MLflow answers ${one}, and we ${other}.`);
}

/** Of each server, by turns, after a round to warm up: requests per second and the 99th percentile of each round. */
async function inTurn(uris, body) {
  const results = uris.map(() => ({ rate: [], p99: [] }));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [index, uri] of uris.entries()) {
      const times = await load(uri, body, ROUND_MS);
      if (round < 0) continue;
      results[index].rate.push((times.length / ROUND_MS) * 1_000);
      results[index].p99.push(times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]);
    }
  }
  return results;
}

/** Ms of each request of some connections, each asking again as soon as it is answered. */
async function load(uri, body, ms) {
  const bytes = requestOf(uri, body);
  const times = [];
  const end = performance.now() + ms;
  const client = async () => {
    const connection = await openConnection(uri);
    while (performance.now() < end) {
      const start = performance.now();
      await connection.send(bytes);
      times.push(performance.now() - start);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return times;
}

async function exchangeUnderLoad({ uri, deploy }, body) {
  const bytes = requestOf(uri, body);
  let [answered, failed, isOver] = [0, 0, false];
  const client = async () => {
    const connection = await openConnection(uri);
    while (!isOver) {
      await connection.send(bytes).then(
        () => answered++,
        () => failed++,
      );
    }
    connection.close();
  };
  const clients = Array.from({ length: CONNECTIONS }, client);
  await wait(500);
  await deploy(2);
  await wait(500);
  isOver = true;
  await Promise.all(clients);
  return { answered, failed };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function shown(values) {
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
}
