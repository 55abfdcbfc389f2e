/**
 * For tests: a process that uses a project's store, and may be killed.
 *
 * `gc ROOT [STEP]`: frees all that can be; says `done`. With STEP, it kills itself just before that one of the calls that
 * change anything (a file moved or removed, a statement carried out, a git started); says how many there were otherwise.
 * `gc-on ROOT`: frees again and again until it is killed; says `done` each time.
 * `record ROOT WORKER`: records runs until its standard input closes, each of which read all of `data/` and has the code as
 * it is; deletes all but the last of them. Fails when something that a run names is not there.
 */
import childProcess from "node:child_process";
import fs, { writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { snapshotCode } from "../snapshot/code";
import { createDataHasher } from "../snapshot/data";
import { hasObject } from "../store/objects";
import { openStore } from "../store/open";
import { processIdentity } from "../store/process";
import { freeSpace } from "./free";
import { planFreeing } from "./plan";

const [mode, root = "", argument = ""] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

let steps = 0;

/** Counts the calls of these methods, and kills this process before the one with the number `fatal`. */
// biome-ignore lint/suspicious/noExplicitAny: methods of any kind are taken the place of.
function countCalls(owner: any, names: string[], fatal: number): void {
  for (const name of names) {
    const original = owner[name];
    owner[name] = function counted(this: unknown, ...parameters: unknown[]) {
      steps++;
      if (steps === fatal) process.kill(process.pid, "SIGKILL");
      return Reflect.apply(original, this, parameters);
    };
  }
}

const RULES = { budget: null, keepDeletedDays: 0, keepScratchDays: null };

async function gc(fatal: number): Promise<void> {
  const store = openStore(root);
  const plan = await planFreeing(store, RULES);
  countCalls(fs, ["renameSync", "rmSync", "rmdirSync"], fatal);
  countCalls(fs.promises, ["rm"], fatal);
  countCalls(StatementSync.prototype, ["run", "get"], fatal);
  countCalls(childProcess, ["spawn", "spawnSync"], fatal);
  syncBuiltinESMExports();
  await freeSpace(store, plan);
  store.close();
  say(`done ${steps}`);
}

async function gcOn(): Promise<void> {
  const store = openStore(root);
  for (;;) {
    await freeSpace(store, await planFreeing(store, RULES));
    say("done");
  }
}

async function record(workerFile: string): Promise<void> {
  let over = false;
  process.stdin.on("end", () => {
    over = true;
  });
  process.stdin.resume();
  while (!over) {
    const id = await recordOne(workerFile);
    const store = openStore(root);
    store.deleteRuns([id]);
    store.close();
  }
  await recordOne(workerFile);
}

async function recordOne(workerFile: string): Promise<string> {
  const store = openStore(root);
  const run = { experiment: "e", command: ["test"], cwd: root, script: null, source: "test" };
  const id = store.createRun({ ...run, startTime: Date.now(), recorder: processIdentity() });
  const { code, gaps, warnings } = await snapshotCode(root, store.folder);
  store.setCode(id, code, gaps, warnings);
  const hasher = createDataHasher({ store, workerFile, threads: 1 });
  const names = fs.readdirSync(join(root, "data")).map((name) => join(root, "data", name));
  const { files } = await hasher.hash(names.map((path) => ({ path })));
  const data = files.map(({ name, sha256, size }) => ({ path: name, sha256, size, role: "read" as const }));
  // Others get time to free between what was seen and what is said of it.
  await new Promise((resolve) => setTimeout(resolve, 40 + Math.random() * 80));
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: Date.now() }, { data });
  const lost = data.filter(({ sha256 }) => !hasObject(store.folder, sha256!));
  if (lost.length > 0) throw new Error(`${lost.length} objects of a run are lost.`);
  await hasher.close();
  store.close();
  return id;
}

if (mode === "gc") await gc(Number(argument) || 0);
else if (mode === "gc-on") await gcOn();
else await record(argument);
