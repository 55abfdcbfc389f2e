/** Versions of code and data, and what differs between two of a table: against git, dvc and cp, in turn within one run. */
import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { claim, measure, median, seconds } from "./lib/measure.mjs";
import { installPeers } from "./lib/peers.mjs";
import { writeTable } from "./lib/tables.mjs";

const CODE_FILES = 20_000;
const DATA_FILES = 2_500;
const DATA_BYTES = 2 * 2 ** 20;
const CHANGED = 10;
const ROWS = 1_000_000;
/** The data, its copies by three programs, and one on its way. */
const NEEDED_BYTES = 32 * 2 ** 30;

const parts = { code: codeVersions, data: dataVersions, tables: tableVersions };
const chosen = process.argv.slice(2);
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-versions-"));
const peers = installPeers();

try {
  for (const [name, measurePart] of Object.entries(parts)) {
    if (chosen.length === 0 || chosen.includes(name)) await measurePart();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function fresh(name) {
  return mkdtempSync(join(scratch, `${name}-`));
}

/** One of our modules, bundled. */
async function load(name) {
  const source = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const outfile = join(scratch, `${name.replaceAll("/", "-")}.mjs`);
  await build({ entryPoints: [source], outfile, bundle: true, platform: "node", format: "esm", logLevel: "warning" });
  return outfile;
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

async function codeVersions() {
  console.log(`\nThe code of a repository with ${CODE_FILES} files, ${CHANGED} of them changed`);
  const root = fresh("code");
  const file = (i) => join(root, `package${Math.floor(i / 200)}`, `module${i}.py`);
  for (let i = 0; i < CODE_FILES; i++) {
    mkdirSync(dirname(file(i)), { recursive: true });
    writeFileSync(file(i), `VALUE = ${i}\n${"# a line of some code\n".repeat(20 + (i % 60))}`);
  }
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], { cwd: root });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "start");
  const { snapshotCode } = await import(pathToFileURL(await load("snapshot/code")));
  const store = fresh("store");
  const times = { status: [], snapshot: [] };
  for (let round = -2; round < 9; round++) {
    for (let i = 0; i < CHANGED; i++) appendFileSync(file(i * 1_999), `CHANGED = ${round}\n`);
    const { wall: status } = await measure(["git", "status"], { cwd: root });
    let taken;
    const snapshot = await timed(async () => (taken = await snapshotCode(root, store)));
    if (!taken.code.dirty || taken.gaps.length > 0) throw new Error("The snapshot is not whole.");
    if (round < 0) continue;
    times.status.push(status);
    times.snapshot.push(snapshot);
  }
  print("git status", times.status);
  print("snapshot", times.snapshot);
  claim("snapshot, times git status", median(times.snapshot) / median(times.status), 3);
}

async function dataVersions() {
  console.log(`\nA dataset of ${DATA_FILES} files and ${(DATA_FILES * DATA_BYTES) / 2 ** 30} GiB`);
  const { bavail, bsize } = statfsSync(scratch);
  if (bavail * bsize < NEEDED_BYTES) throw new Error(`${scratch} has less than the 32 GiB free that this needs.`);
  const root = fresh("data");
  const data = join(root, "data");
  const change = makeFiles(data);
  writeFileSync(join(root, ".gitignore"), "/data\n/dvc-site\n");
  const times = { first: [], hashed: [], dvcFirst: [], next: [], dvcNext: [], restore: [], copy: [] };
  const rounds = 2;
  for (let round = 0; round < rounds; round++) {
    await forget(root);
    times.hashed.push(await settled(data, () => recordRun(root, { keep: false })));
    await forget(root);
    times.first.push(await settled(data, () => recordRun(root)));
    if (peers) times.dvcFirst.push(await settled(data, () => dvc(root, "add", "-q", "data")));
    change(round);
    times.next.push(await settled(data, () => recordRun(root)));
    if (peers) times.dvcNext.push(await settled(data, () => dvc(root, "add", "-q", "data")));
  }
  // Its copy would only take memory that files could be read from.
  rmSync(join(root, ".dvc"), { recursive: true, force: true });
  for (let round = 0; round < rounds; round++) {
    const [copy, restored] = [fresh("copy"), join(fresh("restored"), "run")];
    times.copy.push(await settled(data, () => measure(["cp", "-r", "--reflink=never", data, copy])));
    rmSync(copy, { recursive: true });
    const command = [process.execPath, cli, "restore", "latest", "--to", restored];
    times.restore.push(await settled(join(root, ".modeltrail", "objects"), () => measure(command, { cwd: root })));
    execFileSync("diff", ["-rq", data, join(restored, "data")]);
    rmSync(restored, { recursive: true });
  }
  print("a run that reads the data, its bytes kept", times.first);
  print("… with hashes only", times.hashed);
  if (peers) {
    print("dvc add", times.dvcFirst);
    const quicker = (ours) => median(times.dvcFirst) / median(times[ours]);
    claim("first version, times quicker than dvc add", quicker("first"), 10, { atLeast: true });
    console.log(`  With hashes only ${quicker("hashed").toFixed(1)} times.`);
  }
  print(`the next version, ${CHANGED} files changed`, times.next);
  if (peers) print("dvc add", times.dvcNext);
  print("cp -r", times.copy);
  print("restore, verified", times.restore);
  claim("restore, times cp -r", median(times.restore) / median(times.copy), 1);
  rmSync(root, { recursive: true });
}

/** Fills the folder with the files; returns what changes some of them. */
function makeFiles(folder) {
  const content = randomFillSync(Buffer.alloc(DATA_BYTES));
  const write = (i, version) => {
    content.writeUInt32LE(i);
    content.writeUInt32LE(version, 4);
    writeFileSync(join(folder, String(i % 10), `${i}.bin`), content);
  };
  for (let i = 0; i < 10; i++) mkdirSync(join(folder, String(i)), { recursive: true });
  for (let i = 0; i < DATA_FILES; i++) write(i, 0);
  return (version) => {
    for (let i = 0; i < CHANGED; i++) write(i * 199, version + 1);
  };
}

/** Both programs see the data for the first time. */
async function forget(root) {
  for (const name of [".modeltrail", ".git", ".dvc", "data.dvc", "dvc-site"]) {
    rmSync(join(root, name), { recursive: true, force: true });
  }
  execFileSync("git", ["init", "-q"], { cwd: root });
  if (!peers) return;
  await dvc(root, "init", "-q");
}

/** Seconds of a command that reads `folder`, once that is in memory and what others have written is on the disk. */
async function settled(folder, command) {
  execFileSync("sync");
  execFileSync("sh", ["-c", 'find "$0" -type f -exec cat {} + > /dev/null', folder]);
  return (await command()).wall;
}

/** A run of the shortest command there is, with the data declared as its dataset. */
function recordRun(root, { keep = true } = {}) {
  writeFileSync(
    join(root, "modeltrail.yaml"),
    `datasets:\n  bench: data/**\n${keep ? "" : "keep: { maxFileSize: 0 }\n"}`,
  );
  return measure([process.execPath, cli, "run", "--", "true"], { cwd: root });
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

async function tableVersions() {
  console.log(`\nTwo versions of a CSV file with ${ROWS} rows and 10 columns`);
  const [before, after] = ["before.csv", "after.csv"].map((name) => join(scratch, name));
  writeTable(before, ROWS);
  writeTable(after, ROWS, { changed: true });
  const compare = pathToFileURL(await load("compare/tables/compareTables")).href;
  const workerFile = fileURLToPath(new URL("../dist/table-worker.js", import.meta.url));
  const script = join(scratch, "compare.mjs");
  writeFileSync(
    script,
    `import { compareTables } from ${JSON.stringify(compare)};
    const [before, after] = process.argv.slice(2).map((path) => ({ path }));
    const { rows } = await compareTables(before, after, { workerFile: ${JSON.stringify(workerFile)} });
    if (rows.matchedBy !== "key" || rows.removed !== ${ROWS / 1000} || rows.changed !== ${ROWS / 500}) {
      throw new Error(JSON.stringify(rows));
    }`,
  );
  const results = { wall: [], maxrss: [] };
  for (let round = -1; round < 3; round++) {
    const { wall, maxrss } = await measure([process.execPath, script, before, after]);
    if (round < 0) continue;
    results.wall.push(wall);
    results.maxrss.push(maxrss);
  }
  print("comparison, from start to end of a process", results.wall);
  claim("comparison", median(results.wall), 5, { unit: " s" });
  claim("memory of the process", Math.max(...results.maxrss), 300, { unit: " MiB" });
}
