import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import * as esbuild from "esbuild";
import { paths } from "./paths.mjs";

/** Bundles test/host for the extension host and gives the path of the entry that `extensionTestsPath` takes. */
export async function bundleHostSuite() {
  const outdir = path.join(paths.cache, "test-host");
  await rm(outdir, { recursive: true, force: true });
  const source = path.join(paths.root, "test/host");
  const isEntry = (file) => ["index.ts", "pointLogger.ts"].includes(file) || file.endsWith(".test.ts");
  const files = readdirSync(source).filter(isEntry);
  await esbuild.build({
    entryPoints: files.map((file) => path.join(source, file)),
    outdir,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node22.13",
    external: ["vscode", "mocha"],
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
    sourcemap: "inline",
    logLevel: "warning",
  });
  return path.join(outdir, "index.js");
}

/** Where the suite in the host puts its counts, for whoever runs all the tests. */
export const hostResultsFile = path.join(paths.cache, "results/host.json");

/** Removes the last run's counts, so that they cannot be taken for this one's. */
export async function clearHostResults() {
  await mkdir(path.dirname(hostResultsFile), { recursive: true });
  await rm(hostResultsFile, { force: true });
}

/** @returns {Promise<{ passed: number, failed: number, skipped: number } | undefined>} undefined: the suite did not end */
export async function hostResults() {
  return existsSync(hostResultsFile) ? JSON.parse(await readFile(hostResultsFile, "utf8")) : undefined;
}
