/** Charts in real VS Code, in headless Chromium: a hundred long curves shown and zoomed, and a thousand metrics. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { chromiumArguments, ensureChromium } from "../scripts/lib/chromium.mjs";
import { installCodeServer, installExtension, startCodeServer } from "../scripts/lib/codeServer.mjs";
import { paths } from "../scripts/lib/paths.mjs";
import { runOrThrow } from "../scripts/lib/processes.mjs";
import { quietSettings } from "../scripts/lib/settings.mjs";
import { claim, median } from "./lib/measure.mjs";

const RUNS = 100;
const POINTS = 100_000;
const METRICS = 1_000;
const SPIKE = 1_234.5;
const ZOOMS = 8;

const scratch = await mkdtemp(path.join(tmpdir(), "modeltrail-bench-charts-"));
const folder = path.join(scratch, "project");
await mkdir(folder);
console.log(`Making ${RUNS} runs with ${POINTS.toLocaleString("en")} points each, and one with ${METRICS} metrics …`);
await makeRuns();
await installCodeServer();
const [extensionsDir, userDataDir] = [path.join(scratch, "extensions"), path.join(scratch, "user")];
const { MODELTRAIL_VSIX: given } = process.env;
if (!given) await runOrThrow(process.execPath, [path.join(paths.root, "scripts/package.mjs")]);
await installExtension(given ?? paths.vsix, { extensionsDir, userDataDir });
const server = await startCodeServer({ userDataDir, extensionsDir, settings: quietSettings });
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: chromiumArguments });
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.setDefaultTimeout(120_000);
  await page.goto(`${server.url}/?${new URLSearchParams({ folder })}`);
  await page.locator(".part.activitybar .action-item").first().waitFor();
  await page.getByRole("tab", { name: /^Modeltrail/ }).click();
  await page.locator(".monaco-list-row", { hasText: "long" }).waitFor();
  await longCurves(page);
  await manyMetrics(page);
} finally {
  await browser.close();
  await server.stop();
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}

async function longCurves(page) {
  console.log(`${RUNS} curves of ${POINTS.toLocaleString("en")} points`);
  const frame = await openCharts(page, "long");
  const plot = frame.locator(`.plot[data-lines="${RUNS}"]`);
  await plot.waitFor();
  const shown = await timesOf(plot);
  const label = await plot.getAttribute("aria-label");
  console.log(`       ${label}`);
  const zooms = [];
  for (let at = 0; at < ZOOMS; at++) zooms.push(await zoom(plot, at < ZOOMS / 2 ? "+" : "-"));
  claim("asked for until drawn, read from the disk", shown.drawn - shown.asked, 500, { unit: " ms" });
  console.log(`       of it, until the curves came: ${(shown.came - shown.asked).toFixed(0)} ms`);
  console.log(`       from the start of the page: ${shown.drawn.toFixed(0)} ms`);
  claim("zoomed until drawn anew (median)", median(zooms), 100, { unit: " ms" });
  console.log(`       each: ${zooms.map((ms) => ms.toFixed(0)).join(", ")} ms`);
  // The axis has 5 % of the range below the least value and above the greatest.
  const [, low, high] = /values (-?[\d.]+) to ([\d.]+)\./.exec(label).map(Number);
  const greatest = high - ((high - low) / 1.1) * 0.05;
  claim("the one spike among ten million points is drawn: off by", Math.abs(greatest - SPIKE) / SPIKE, 0.001);
}

async function manyMetrics(page) {
  console.log(`${METRICS} metrics`);
  const frame = await openCharts(page, "wide");
  await frame.locator(".plot").first().waitFor();
  claim("charts mounted", await frame.locator(".chart").count(), 24);
  await frame.locator(".grid").evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await frame
    .getByRole("region", { name: `metric/${METRICS - 1}`, exact: true })
    .locator(".plot")
    .waitFor();
  claim("charts mounted at the end", await frame.locator(".chart").count(), 24);
}

async function openCharts(page, experiment) {
  await page.keyboard.press("F1");
  await page.keyboard.type("Modeltrail: Open Charts");
  await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
  await page.keyboard.press("Enter");
  const choice = page.locator(".quick-input-list .monaco-list-row", { hasText: experiment });
  await choice.filter({ hasText: "run" }).click();
  await page.locator(".tab.active", { hasText: `Charts of ${experiment}` }).waitFor();
  return page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");
}

/** Ms since the start of the page. */
async function timesOf(plot) {
  return await plot.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const at = (name) => performance.getEntriesByName(name).at(-1).startTime;
    return { asked: at("curves-asked"), came: at("curves-came"), drawn: at("curves-drawn") };
  });
}

/** Ms from a key until the curves that the worker made for the new range are drawn. */
async function zoom(plot, key) {
  return await plot.evaluate(async (element, pressed) => {
    const latest = () => performance.getEntriesByName("curves-drawn").at(-1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = latest().detail.from;
    const start = performance.now();
    element.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true }));
    while (latest().detail.from === before) await new Promise(requestAnimationFrame);
    return latest().startTime - start;
  }, key);
}

async function makeRuns() {
  const outfile = path.join(scratch, "store.mjs");
  const source = path.join(paths.root, "src/store/open.ts");
  await build({ entryPoints: [source], outfile, bundle: true, platform: "node", format: "esm" });
  const { openStore } = await import(pathToFileURL(outfile));
  const store = openStore(folder);
  let state = 7;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let run = 0; run < RUNS; run++) {
    const value = (step) => (run === 57 && step === 54_321 ? SPIKE : 1 / (1 + step / 1e4) + random());
    addRun(store, "long", run, [["loss", POINTS, value]]);
  }
  addRun(
    store,
    "wide",
    RUNS,
    Array.from({ length: METRICS }, (_, at) => [`metric/${at}`, 20, random]),
  );
  store.close();
}

function addRun(store, experiment, at, metrics) {
  const recorder = { pid: 1, startToken: "", host: "bench" };
  const run = { experiment, name: `run-${at}`, command: ["x"], cwd: folder, script: null, source: "cli", recorder };
  const id = store.createRun({ ...run, startTime: Date.UTC(2025, 0, 1) + at });
  for (const [key, count, value] of metrics) {
    const points = Array.from({ length: count }, (_, step) => ({ key, step, time: 1e12 + step, value: value(step) }));
    store.ingest(id, { points: [{ source: "api", points }] });
  }
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: Date.UTC(2025, 0, 2) });
}
