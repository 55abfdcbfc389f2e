// `npm test`: does its own set-up and runs everything. `npm test -- unit host` runs some steps; what follows the name of a
// single step goes to its runner, as in `npm test -- unit src/store` or `npm test -- e2e --grep live`.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { ensureChromium } from "./lib/chromium.mjs";
import { installCodeServer } from "./lib/codeServer.mjs";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { ensurePodman } from "./lib/podman.mjs";
import { endCarrying, run } from "./lib/processes.mjs";
import { ensureVenv } from "./lib/python.mjs";
import { playwrightResults, toldResults, vitestResults } from "./lib/results.mjs";
import { ensureTargetPrograms } from "./lib/targetPrograms.mjs";
import { ensureTorchPython } from "./lib/torch.mjs";

const results = path.join(paths.cache, "results");
const inModules = (file) => path.join(paths.modules, file);
const script = (name) => path.join(paths.root, "scripts", name);
const unitResults = path.join(results, "unit.json");
const servingResults = path.join(results, "serving.json");
const targetResults = path.join(results, "targets.json");

/** Runs Vitest, whose results go to `file`. What needed a second try, as on a machine that is too busy, is told at the end. */
const vitest = (file, ...args) => [
  inModules("vitest/vitest.mjs"),
  ...["run", "--retry=1", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
  ...args,
];

/** Folders of test/ that make models and serve them: a step of their own, because they take long. */
const SERVING = ["registry", "serve", "deploy"];

/**
 * The steps in order. `args` is what Node runs, `limit` in minutes only ends what hangs, and `read` gives what a results
 * file tells; a step without one is one test.
 */
const steps = [
  {
    name: "lint",
    title: "Lint",
    args: [inModules("@biomejs/biome/bin/biome"), "check", "--error-on-warnings"],
    limit: 5,
  },
  { name: "types", title: "Types", args: [inModules("typescript/bin/tsc"), "--noEmit"], limit: 5 },
  {
    name: "unit",
    title: "Unit tests",
    args: vitest(unitResults, ...["targets", ...SERVING].flatMap((folder) => ["--exclude", `test/${folder}/**`])),
    limit: 30,
    file: unitResults,
    read: vitestResults,
  },
  {
    name: "serving",
    title: "Tests with real models: registry, bundles, gates, deployments",
    args: vitest(servingResults, ...SERVING.map((folder) => `test/${folder}/`)),
    limit: 30,
    file: servingResults,
    read: vitestResults,
  },
  {
    name: "targets",
    title: "Tests with real machines, schedulers and containers",
    args: vitest(targetResults, "test/targets/"),
    limit: 25,
    file: targetResults,
    read: vitestResults,
  },
  {
    name: "host",
    title: "Tests inside VS Code",
    args: [script("test-host.mjs")],
    limit: 10,
    file: path.join(results, "host.json"),
    read: (results) => results,
  },
  {
    name: "e2e",
    title: "Tests in VS Code in a browser, with the packaged extension",
    args: [script("test-e2e.mjs")],
    limit: 35,
    file: path.join(results, "e2e.json"),
    read: playwrightResults,
  },
];

await underOwnNode();
const { chosen, rest } = readArguments(process.argv.slice(2));
const began = performance.now();
await mkdir(results, { recursive: true });
const env = await setUp();
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
const told = [];
for (const step of chosen) {
  const { lines, ...outcome } = await runStep(step);
  for (const key of Object.keys(total)) total[key] += outcome[key];
  summary.push({ step: step.title, ...outcome });
  told.push(...lines);
}
console.log(`\n── All of it took ${duration(began)}\n`);
console.table(summary);
if (told.length > 0) console.log(`${told.join("\n")}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);

function readArguments(args) {
  const named = args.filter((argument) => steps.some(({ name }) => name === argument));
  const more = args.filter((argument) => !named.includes(argument));
  if (more.length > 0 && named.length !== 1) {
    const names = steps.map(({ name }) => name).join(", ");
    throw new Error(`"${more.join(" ")}" is none of the steps (${names}), and options go to one step only.`);
  }
  return { chosen: named.length > 0 ? steps.filter(({ name }) => named.includes(name)) : steps, rest: more };
}

/** What cannot be had is said here; the steps that need it fail, the others still run. What comes from different places is fetched at the same time. */
async function setUp() {
  heading("Set-up");
  const start = performance.now();
  const isFor = (...names) => chosen.some(({ name }) => names.includes(name));
  const [pythons, , torch] = await Promise.all([
    isFor("unit", "serving", "targets", "e2e") ? testPythons() : {},
    isFor("host", "e2e") ? attempt(installCodeServer) : undefined,
    installPrograms(isFor),
  ]);
  if ((await run(process.execPath, [script("build.mjs")])) !== 0) console.error("The build failed.");
  console.log(`Set-up took ${duration(start)}`);
  const found = torch ? { MODELTRAIL_TEST_TORCH_PYTHON: torch } : {};
  return { ...process.env, ...pythons, ...found, FORCE_COLOR: undefined, NO_COLOR: "1" };
}

/** One after the other, as the system's packages are. Resolves with the Python that has torch. */
async function installPrograms(isFor) {
  if (isFor("host", "e2e")) await attempt(ensureChromium);
  if (isFor("targets")) await attempt(ensureTargetPrograms);
  if (isFor("targets")) await attempt(ensurePodman);
  return isFor("serving") ? attempt(ensureTorchPython) : undefined;
}

async function attempt(need) {
  return need().catch((error) => console.error(error.message));
}

/** Pythons with the packages that tests run against, by variable, as far as they can be had: such tests else leave themselves out. */
async function testPythons() {
  const requirements = {
    MODELTRAIL_TEST_PYTHON: ["examples/wine/requirements.txt", "test/requirements.txt"],
    MODELTRAIL_TEST_MLFLOW_PYTHON: ["test/mlflow/requirements.txt"],
    MODELTRAIL_TEST_MLFLOW_2_PYTHON: ["test/mlflow/requirements-2.txt"],
    MODELTRAIL_TEST_TARGETS_PYTHON: ["examples/wine/requirements.txt", "test/targets/requirements.txt"],
    MODELTRAIL_TEST_CLOUDS_PYTHON: ["test/targets/clouds.txt"],
    MODELTRAIL_TEST_KERNEL_PYTHON: ["examples/wine/requirements.txt", "test/kernel/requirements.txt"],
    MODELTRAIL_TEST_SERVE_PYTHON: ["examples/wine/requirements.txt", "test/serve/requirements.txt"],
    MODELTRAIL_TEST_PLATFORMS_PYTHON: ["test/serve/platforms.txt"],
  };
  const found = {};
  for (const [name, files] of Object.entries(requirements)) {
    const python = await ensureVenv(files.map((file) => path.join(paths.root, file))).catch((error) => {
      console.error(error.message);
    });
    if (python) found[name] = python;
  }
  return found;
}

/** @returns {Promise<{ passed: number, failed: number, skipped: number, time: string, lines: string[] }>} `lines`: see {@link toldResults} */
async function runStep({ title, args, limit, file, read }) {
  heading(title);
  const start = performance.now();
  if (file) await rm(file, { force: true });
  const token = randomUUID();
  const code = await run(process.execPath, [...args, ...rest], {
    cwd: paths.root,
    env: { ...env, MODELTRAIL_TEST_STEP: token },
    limit: limit * 60_000,
  });
  await endCarrying("MODELTRAIL_TEST_STEP", token);
  const told = file && existsSync(file) ? read(JSON.parse(await readFile(file, "utf8"))) : undefined;
  const results = told ?? { passed: code === 0 && !file ? 1 : 0, failed: 0, skipped: 0, failures: [], retried: [] };
  // A step that fails outside of its tests, or runs none, is a failure too.
  if (results.failed === 0 && (code !== 0 || results.passed === 0)) {
    results.failed = 1;
    results.failures.push({ test: title, why: `It ended with exit code ${code}; what it printed is above.` });
  }
  console.log(`── ${title}: ${results.failed > 0 ? "failed" : "passed"} after ${duration(start)}`);
  const { passed, failed, skipped } = results;
  return { passed, failed, skipped, time: duration(start), lines: toldResults(results) };
}

function heading(title) {
  console.log(`\n── ${title} ${"─".repeat(Math.max(0, 100 - title.length))}`);
}

function duration(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
