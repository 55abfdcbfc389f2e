/** Space is freed by processes that are killed at any step, and while recorders count on what is being freed. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { gitIn, makeRepository, SOURCES, writeFiles } from "../snapshot/code/testRepository";
import { buildHashWorker } from "../snapshot/testWorker";
import type { Store } from "../store/contract";
import { listObjects, objectPath } from "../store/objects";
import { tempStore } from "../store/testStore";
import { record, snapshotRefs } from "./testSpace";

const workerFile = buildHashWorker();
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "modeltrail-program-"));
  await build({
    entryPoints: [path.join(import.meta.dirname, "testProcess.ts")],
    outfile: path.join(folder, "testProcess.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    // What is CommonJS among the libraries asks for Node's own parts this way.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function start(...args: string[]): { child: ChildProcess; said: Omit<Ended, "code">; ended: Promise<Ended> } {
  const program = path.join(folder, "testProcess.mjs");
  const child = spawn(process.execPath, ["--no-warnings", program, ...args], { stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  child.stdout.on("data", (data: Buffer) => (said.out += data));
  child.stderr.on("data", (data: Buffer) => (said.err += data));
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...said })));
  return { child, said, ended };
}

/** Everything that each run names is there, and is what it should be. */
function expectWhole(store: Store): void {
  for (const deleted of [false, true]) {
    for (const { id } of store.listRuns({ deleted, limit: 10_000 }).runs) {
      const run = store.getRun(id)!;
      for (const { path: name, sha256 } of [...run.snapshot.data, ...run.artifacts]) {
        const file = objectPath(store.folder, sha256!);
        expect(existsSync(file), `${name} of ${id}`).toBe(true);
        expect(createHash("sha256").update(readFileSync(file)).digest("hex")).toBe(sha256);
      }
      expect(existsSync(path.join(store.folder, "runs", id))).toBe(true);
      const { gitDir, commit } = run.snapshot.code;
      if (commit === null) continue;
      expect(gitIn(gitDir!, "rev-parse", `refs/modeltrail/snapshots/${commit}`)).toBe(commit);
    }
  }
}

/** Adds deleted runs and one that stays; contents and states of the code are partly shared. */
async function addRuns(store: Store, round: number): Promise<void> {
  for (let i = 0; i < 3; i++) {
    writeFileSync(path.join(store.root, "train.py"), `print(${round * 3 + i})\n`);
    const data = { "shared.csv": "shared", "own.csv": `own ${round} ${i}`, "pair.csv": `pair ${round}` };
    const id = await record(store, { code: true, data, artifacts: { "m.bin": `model ${round} ${i}` }, log: "log" });
    if (i > 0) store.deleteRuns([id]);
  }
}

test("killed at any step, nothing is lost, and the next one frees the rest", async () => {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  await addRuns(store, 0);
  const whole = await start("gc", root).ended;
  expect(whole).toMatchObject({ code: 0, err: "" });
  const steps = Number(whole.out.split(" ")[1]);
  expect(steps).toBeGreaterThan(40);
  expectWhole(store);

  const stride = Math.ceil(steps / 24);
  let killed = 0;
  for (let step = 1, round = 1; step <= steps; step += stride, round++) {
    await addRuns(store, round);
    const { code } = await start("gc", root, String(step)).ended;
    if (code === null) killed++;
    expectWhole(store);
  }
  expect(killed).toBeGreaterThan(15);

  expect(await start("gc", root).ended).toMatchObject({ code: 0, err: "" });
  expectWhole(store);
  expect(store.listRuns({ deleted: true }).total).toBe(0);
  expect([...listObjects(store.folder)].sort()).toEqual([...store.referencedObjects()]);
  const commits = store.listCode().map(({ commit }) => commit);
  expect(snapshotRefs(root).sort()).toEqual(commits.sort());
  expect(gitIn(root, "fsck", "--full")).not.toMatch(/missing|broken/);
});

test("recorders that count on what is being freed lose nothing, nor when freeing is killed", async () => {
  const root = makeRepository(SOURCES);
  mkdirSync(path.join(root, "data"));
  // So many that recorders believe what they remember instead of looking.
  writeFiles(root, Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`data/${i}.csv`, `row ${i}\n`])));
  gitIn(root, "add", "--all");
  gitIn(root, "commit", "--quiet", "-m", "data");
  const store = tempStore(root);
  const began = Date.now();
  await vi.waitUntil(() => Date.now() - began > 100);

  const recorders = [1, 2].map(() => start("record", root, workerFile));
  for (let round = 0; round < 8; round++) {
    const gc = start("gc-on", root);
    await vi.waitUntil(() => gc.said.err !== "" || gc.said.out.split("done").length > 2, { timeout: 30_000 });
    expect(gc.said.err).toBe("");
    // Killed at moments that wander.
    await new Promise((resolve) => setTimeout(resolve, (round * 17) % 60));
    gc.child.kill("SIGKILL");
    await gc.ended;
  }
  for (const { child } of recorders) child.stdin!.end();
  for (const { ended } of recorders) expect(await ended).toMatchObject({ code: 0, err: "" });

  expectWhole(store);
  expect(await start("gc", root).ended).toMatchObject({ code: 0, err: "" });
  expectWhole(store);
  expect(store.listRuns({}).total).toBe(2);
  expect([...listObjects(store.folder)].sort()).toEqual([...store.referencedObjects()]);
});
