import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { createHashPool, type HashPool, type HashPoolOptions } from "./hashPool";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "modeltrail-pool-"));
const pools: HashPool[] = [];

/** A thread that leaves a file for each of its starts, and answers with what `body` gives for the tasks. */
function makePool(body: string, options: HashPoolOptions = {}): { pool: HashPool; starts: () => number } {
  const name = path.join(folder, `worker-${pools.length}`);
  const starts = `${name}-starts`;
  fs.mkdirSync(starts);
  const source = `
    const { parentPort, threadId } = require("node:worker_threads");
    require("node:fs").writeFileSync(${JSON.stringify(starts)} + "/" + threadId, "");
    parentPort.on("message", (tasks) => { ${body} });`;
  fs.writeFileSync(`${name}.js`, source);
  const pool = createHashPool({ workerFile: `${name}.js`, ...options });
  pools.push(pool);
  return { pool, starts: () => fs.readdirSync(starts).length };
}

const ECHO = 'parentPort.postMessage(tasks.map(({ path }) => ({ state: "unreadable", reason: path })));';
const tasks = (count: number, size = 1) =>
  Array.from({ length: count }, (_, index) => ({ path: `file ${index}`, size, keepIn: null }));
const answers = (count: number) => tasks(count).map(({ path: name }) => ({ state: "unreadable", reason: name }));

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

afterAll(() => fs.rmSync(folder, { recursive: true }));

describe("threads", () => {
  test("start with the work, not more than allowed, and answer in order", async () => {
    const { pool, starts } = makePool(ECHO);
    expect(starts()).toBe(0);
    expect(await pool.hash([])).toEqual([]);
    expect(starts()).toBe(0);
    expect(await pool.hash(tasks(2000))).toEqual(answers(2000));
    expect(starts()).toBe(2);
    expect(await pool.hash(tasks(3))).toEqual(answers(3));
    expect(starts()).toBe(2);
  });

  test("one file needs one thread", async () => {
    const { pool, starts } = makePool(ECHO);
    await pool.hash(tasks(1));
    expect(starts()).toBe(1);
  });

  test("end when there is nothing to do, and start again", async () => {
    const { pool, starts } = makePool(ECHO, { idleMs: 1, threads: 1 });
    await vi.waitUntil(async () => {
      await pool.hash(tasks(1));
      return starts() > 1;
    });
  });

  test("several callers share them", async () => {
    const { pool, starts } = makePool(ECHO);
    const all = await Promise.all([pool.hash(tasks(700)), pool.hash(tasks(5)), pool.hash(tasks(300, 2 ** 25))]);
    expect(all).toEqual([answers(700), answers(5), answers(300)]);
    expect(starts()).toBe(2);
  });
});

describe("trouble", () => {
  test("a thread that dies fails its own batch; another takes its place", async () => {
    const { pool } = makePool(`if (tasks[0].path === "file 0") throw new Error("no"); ${ECHO}`, { threads: 1 });
    const outcomes = await pool.hash(tasks(600));
    expect(outcomes[0]).toMatchObject({ state: "unreadable", reason: expect.stringContaining("no") });
    expect(outcomes.slice(256)).toEqual(answers(600).slice(256));
  });

  test("giving up drops what has not begun", async () => {
    const { pool } = makePool(ECHO, { threads: 1 });
    const controller = new AbortController();
    const work = pool.hash(tasks(100_000), controller.signal);
    controller.abort(new Error("enough"));
    await expect(work).rejects.toThrow("enough");
    await expect(pool.hash(tasks(1), controller.signal)).rejects.toThrow("enough");
    expect(await pool.hash(tasks(2))).toEqual(answers(2));
  });

  test("closing answers everything that is open", async () => {
    const { pool } = makePool("", { threads: 1 });
    const work = pool.hash(tasks(600));
    await pool.close();
    expect((await work).every(({ state }) => state === "unreadable")).toBe(true);
  });
});
