/** The Runs table in real VS Code, in headless Chromium: ten thousand runs with two hundred columns. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { chromiumArguments, ensureChromium } from "../scripts/lib/chromium.mjs";
import { installCodeServer, installExtension, startCodeServer } from "../scripts/lib/codeServer.mjs";
import { paths } from "../scripts/lib/paths.mjs";
import { quietSettings } from "../scripts/lib/settings.mjs";
import { claim, median } from "./lib/measure.mjs";

const RUNS = Number(process.env.MODELTRAIL_BENCH_RUNS ?? 10_000);
const METRICS = 100;
const PARAMS = 100;
const ROUNDS = 9;

const scratch = await mkdtemp(path.join(tmpdir(), "modeltrail-bench-table-"));
const folder = path.join(scratch, "project");
await mkdir(folder);
console.log(`Making ${RUNS.toLocaleString("en")} runs with ${METRICS} metrics and ${PARAMS} params each …`);
const openStore = await loadStore();
const newest = makeRuns();
await installCodeServer();
const [extensionsDir, userDataDir] = [path.join(scratch, "extensions"), path.join(scratch, "user")];
await installExtension(process.env.MODELTRAIL_VSIX ?? paths.vsix, { extensionsDir, userDataDir });
const server = await startCodeServer({ userDataDir, extensionsDir, settings: quietSettings });
const browser = await chromium.launch({
  executablePath: await ensureChromium(),
  args: [...chromiumArguments, "--enable-precise-memory-info", "--js-flags=--expose-gc"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.setDefaultTimeout(120_000);
  await page.goto(`${server.url}/?${new URLSearchParams({ folder })}`);
  await page.locator(".part.activitybar .action-item").first().waitFor();
  await page.getByRole("tab", { name: /^Modeltrail/ }).click();
  await page.locator(".monaco-list-row", { hasText: "sweep" }).first().waitFor();
  await page.keyboard.press("F1");
  await page.keyboard.type("Modeltrail: Open Runs Table");
  await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
  await page.keyboard.press("Enter");
  const table = page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");
  const grid = table.locator(".grid");
  await table.locator(".row").first().waitFor();

  const shown = (await marked(grid, "modeltrail.rows")) - (await marked(grid, "modeltrail.ready"));
  claim("first rows, from the page being ready", shown, 300, { unit: " ms" });
  await table.locator(".count-all", { hasText: RUNS.toLocaleString("en-US") }).waitFor();
  const whole = (await marked(grid, "modeltrail.whole")) - (await marked(grid, "modeltrail.ready"));
  console.log(`       every column of every run after ${(whole / 1000).toFixed(1)} s`);

  const sorts = await timesOf(grid, async () => {
    const heading = [...document.querySelectorAll(".heading[data-number]")].at(-1);
    heading.click();
  });
  claim("sorted by a metric (median)", median(sorts), 150, { unit: " ms" });
  const filters = await timesOf(grid, async (round) => {
    const input = document.querySelector(".filter input");
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    set.call(input, round % 2 ? "" : `metrics.m7 > 0.${round} and (params.p7 < 40 or name LIKE '%9%')`);
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  claim("filtered (median)", median(filters), 150, { unit: " ms" });
  console.log(`       each: ${[...sorts, ...filters].map((ms) => ms.toFixed(0)).join(", ")} ms`);

  const frames = await scroll(grid);
  claim("longest frame while scrolling", Math.max(...frames), 50, { unit: " ms" });
  console.log(`       ${frames.length} frames, median ${median(frames).toFixed(0)} ms`);

  const changes = [];
  for (let round = 0; round < ROUNDS; round++) changes.push(await changeOne(grid, round));
  claim("one changed run, main thread (median)", median(changes), 16, { unit: " ms" });
  console.log(`       each: ${changes.map((ms) => ms.toFixed(1)).join(", ")} ms`);

  const heap = await grid.evaluate(() => {
    globalThis.gc?.();
    return performance.memory.usedJSHeapSize / 1e6;
  });
  claim("heap of the page", heap, 150, { unit: " MB" });
} finally {
  await browser.close();
  await server.stop();
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}

/** When the page first made this mark, in ms; waits for it. */
async function marked(grid, name) {
  return await grid.evaluate(async (_element, mark) => {
    while (performance.getEntriesByName(mark).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    return performance.getEntriesByName(mark)[0].startTime;
  }, name);
}

/** Ms from each act until the frame after it is drawn. */
async function timesOf(grid, act) {
  return await grid.evaluate(
    async (_element, [source, rounds]) => {
      const acting = new Function(`return (${source})`);
      const times = [];
      for (let round = 0; round < rounds; round++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const start = performance.now();
        await acting()(round);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        times.push(performance.now() - start);
      }
      return times;
    },
    [act.toString(), ROUNDS],
  );
}

/** Ms of each frame, going down and to the right through all of the table. */
async function scroll(grid) {
  return await grid.evaluate(async (element) => {
    const frames = [];
    let last = await new Promise(requestAnimationFrame);
    for (let at = 0; at < 240; at++) {
      element.scrollTop += at % 60 < 30 ? 97 : 4_000;
      element.scrollLeft += at % 2 ? 60 : 0;
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - last);
      last = now;
    }
    element.scrollTo(0, 0);
    return frames;
  });
}

/** Ms that the page's main thread works when a run that is shown gets another value. */
async function changeOne(grid, round) {
  const drawn = grid.evaluate(async () => {
    const before = performance.getEntriesByName("modeltrail.changed").length;
    const tasks = () => performance.getEntriesByName("modeltrail.changed");
    while (tasks().length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    return tasks().at(-1).duration;
  });
  const store = openStore(folder);
  store.ingest(newest, {
    points: [{ source: "api", points: [{ key: "m1", step: round + 1, time: 1e12 + round, value: round }] }],
  });
  store.close();
  return await drawn;
}

async function loadStore() {
  const outfile = path.join(scratch, "store.mjs");
  const source = path.join(paths.root, "src/store/open.ts");
  await build({ entryPoints: [source], outfile, bundle: true, platform: "node", format: "esm" });
  return (await import(pathToFileURL(outfile))).openStore;
}

/** Gives the id of the newest, which is still running. */
function makeRuns() {
  const store = openStore(folder);
  const recorder = { pid: process.pid, startToken: "", host: "bench" };
  let id = "";
  for (let run = 0; run < RUNS; run++) {
    const named = {
      experiment: `sweep ${run % 5}`,
      name: `run-${run}`,
      command: ["python", "train.py"],
      script: "train.py",
    };
    const startTime = Date.UTC(2025, 0, 1) + run * 1000;
    id = store.createRun({ ...named, cwd: folder, source: "cli", recorder, startTime });
    const params = Object.fromEntries(
      Array.from({ length: PARAMS }, (_, at) => [`p${at}`, at % 3 ? String((run * (at + 1)) % (at + 2)) : "same"]),
    );
    const points = Array.from({ length: METRICS }, (_, at) => ({
      key: `m${at}`,
      step: 0,
      time: 1e12,
      value: Math.sin(run * at),
    }));
    store.ingest(id, { params, points: [{ source: "api", points }] });
    if (run < RUNS - 1) store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: startTime + 500 });
  }
  store.close();
  return id;
}
