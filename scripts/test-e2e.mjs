// Runs test/e2e: the packaged extension in real VS Code in a browser. Arguments go to Playwright: `--grep "live"`.
import path from "node:path";
import { ensureChromium } from "./lib/chromium.mjs";
import { installCodeServer } from "./lib/codeServer.mjs";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { run, runOrThrow } from "./lib/processes.mjs";
import { ensureVenv } from "./lib/python.mjs";

await underOwnNode();
await installCodeServer();
const chromium = await ensureChromium();
const requirements = [
  path.join(paths.examples, "wine/requirements.txt"),
  path.join(paths.root, "test/kernel/requirements.txt"),
];
const python = await ensureVenv(requirements);
await runOrThrow(process.execPath, [path.join(paths.root, "scripts/package.mjs")]);

const playwright = path.join(paths.modules, "@playwright/test/cli.js");
const config = path.join(paths.root, "test/e2e/playwright.config.ts");
const env = {
  ...process.env,
  MODELTRAIL_CHROMIUM: chromium,
  MODELTRAIL_EXAMPLES_PYTHON: python,
  MODELTRAIL_VSIX: paths.vsix,
};
process.exit(
  await run(process.execPath, [playwright, "test", "--config", config, ...process.argv.slice(2)], {
    env,
    cwd: paths.root,
  }),
);
