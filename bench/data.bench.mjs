/** Hashing a run's data, against the bare system calls, openssl and dvc on the same files, in turn within one run. */
import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { lstatSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { claim, measure, median, seconds } from "./lib/measure.mjs";
import { installPeers } from "./lib/peers.mjs";

const MANY = 50_000;
const BIG = 1_000;
const BIG_BYTES = 4 * 2 ** 20;
const NEEDED_BYTES = 16 * 2 ** 30;

const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-data-"));
const peers = installPeers();

try {
  const { bavail, bsize } = statfsSync(scratch);
  if (bavail * bsize < NEEDED_BYTES) throw new Error(`${scratch} has less than the 16 GiB free that this needs.`);
  const { openStore, createDataHasher } = await load();
  const openHasher = (options = {}) => {
    const store = openStore(fresh("store"));
    const hasher = createDataHasher({ store, workerFile: join(scratch, "hashWorker.js"), ...options });
    const close = async () => {
      await hasher.close();
      rmSync(store.root, { recursive: true });
    };
    return { hash: (files) => hasher.hash(files.map((path) => ({ path }))), close };
  };
  await unchangedFiles(openHasher);
  await firstHashing(openHasher);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function fresh(name) {
  return mkdtempSync(join(scratch, `${name}-`));
}

async function load() {
  const source = (name) => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const common = { bundle: true, platform: "node", logLevel: "warning" };
  await build({ ...common, entryPoints: [source("snapshot/hashWorker")], outdir: scratch, format: "cjs" });
  const parts = ["store/open", "snapshot/data"].map((name) => `export * from ${JSON.stringify(source(name))};`);
  const stdin = { contents: parts.join("\n"), resolveDir: dirname(source("any")), loader: "ts" };
  await build({ ...common, stdin, outfile: join(scratch, "data.mjs"), format: "esm" });
  return await import(pathToFileURL(join(scratch, "data.mjs")));
}

/** `count` files of `bytes` each, no two alike, in folders of 500 below `root`/data. */
function makeFiles(root, count, bytes) {
  const content = randomFillSync(Buffer.alloc(bytes));
  return Array.from({ length: count }, (_, i) => {
    const folder = join(root, "data", String(Math.floor(i / 500)));
    if (i % 500 === 0) mkdirSync(folder, { recursive: true });
    content.writeUInt32LE(i);
    writeFileSync(join(folder, `${i}.bin`), content);
    return join(folder, `${i}.bin`);
  });
}

/** Seconds. */
async function timed(action) {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

function print(what, values) {
  console.log(`  ${what.padEnd(46)} ${seconds(values)}`);
}

async function unchangedFiles(openHasher) {
  console.log(`\nLooking again at ${MANY} unchanged files of 2 kB`);
  const root = fresh("many");
  const files = makeFiles(root, MANY, 2000);
  const hasher = openHasher();
  print("Modeltrail, the first time, bytes kept", [await timed(() => hasher.hash(files))]);
  if (peers) print("dvc add", [await addToDvc(root)]);

  const times = { lstat: [], modeltrail: [], dvc: [] };
  for (let round = 0; round < 9; round++) {
    times.lstat.push(await timed(() => files.forEach((file) => void lstatSync(file))));
    times.modeltrail.push(await timed(() => hasher.hash(files)));
    if (peers && round % 3 === 0) times.dvc.push((await dvc(root, "status")).wall);
  }
  await hasher.close();
  print("lstat of each", times.lstat);
  print("Modeltrail, again", times.modeltrail);
  claim("unchanged files, times an lstat of each", median(times.modeltrail) / median(times.lstat), 3);
  if (!peers) return;
  print("dvc status", times.dvc);
  const quicker = median(times.dvc) / median(times.modeltrail);
  claim("unchanged files, times quicker than dvc status", quicker, 10, { atLeast: true });
}

async function firstHashing(openHasher) {
  console.log(`\nHashing ${BIG} files of 4 MiB for the first time, on two threads`);
  const root = fresh("big");
  const files = makeFiles(root, BIG, BIG_BYTES);
  const halves = [files.slice(0, BIG / 2), files.slice(BIG / 2)].map((half, i) => {
    const list = join(scratch, `half${i}`);
    writeFileSync(list, half.join("\n"));
    return list;
  });
  const openssl = (list) => measure(["xargs", "-a", list, "openssl", "dgst", "-sha256"]);
  const hashWith = async (options) => {
    const hasher = openHasher(options);
    const time = await timed(() => hasher.hash(files));
    await hasher.close();
    return time;
  };
  const times = { openssl: [], modeltrail: [], keeping: [], dvc: [] };
  // The first round reads the files into memory, so that the disk has no say in the others.
  for (let round = -1; round < 3; round++) {
    const some = {
      openssl: await timed(() => Promise.all(halves.map(openssl))),
      modeltrail: await hashWith({ keepBytes: 0 }),
      keeping: round < 0 ? 0 : await hashWith({}),
      dvc: round < 0 || !peers ? 0 : await addToDvc(root),
    };
    if (round >= 0) for (const [name, time] of Object.entries(some)) times[name].push(time);
  }
  print("openssl dgst -sha256, two at once", times.openssl);
  print("Modeltrail", times.modeltrail);
  const speed = (100 * median(times.openssl)) / median(times.modeltrail);
  claim("of the speed of openssl", speed, 80, { unit: " %", atLeast: true });
  print("Modeltrail, keeping the bytes as well", times.keeping);
  if (!peers) return;
  print("dvc add, which keeps them as well", times.dvc);
  claim("hashing, times quicker than dvc add", median(times.dvc) / median(times.modeltrail), 10, { atLeast: true });
  console.log(`  With the bytes kept ${(median(times.dvc) / median(times.keeping)).toFixed(1)} times.`);
}

/** Seconds of `dvc add` of the folder `data` in a dvc repository that has not seen it before. */
async function addToDvc(root) {
  for (const name of [".git", ".dvc", "data.dvc", "dvc-site"]) {
    rmSync(join(root, name), { recursive: true, force: true });
  }
  execFileSync("git", ["init", "-q"], { cwd: root });
  await dvc(root, "init", "-q");
  return (await dvc(root, "add", "-q", "data")).wall;
}

function dvc(root, ...args) {
  const env = {
    ...process.env,
    PATH: `${peers}:${process.env.PATH}`,
    DVC_NO_ANALYTICS: "1",
    DO_NOT_TRACK: "1",
    // What it remembers of files is to go with the repository.
    DVC_SITE_CACHE_DIR: join(root, "dvc-site"),
  };
  return measure([join(peers, "dvc"), ...args], { cwd: root, env });
}
