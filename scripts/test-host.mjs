// Runs test/host inside real VS Code (code-server) and ends with its result. `--grep TEXT` runs the tests whose name has TEXT.
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { format, parseArgs } from "node:util";
import { chromiumArguments, ensureChromium } from "./lib/chromium.mjs";
import { installCodeServer, startCodeServer } from "./lib/codeServer.mjs";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { runOrThrow } from "./lib/processes.mjs";
import { testSettings } from "./lib/settings.mjs";
import { copyExamples, removeFolder, temporaryFolder } from "./lib/workspace.mjs";

await underOwnNode();
const { values: options } = parseArgs({ options: { grep: { type: "string" } } });
await installCodeServer();
const executablePath = await ensureChromium();
await runOrThrow(process.execPath, [path.join(paths.root, "scripts/build.mjs")]);

// Packages of node_modules, which may not have been there when this script was loaded.
const { chromium } = await import("playwright-core");
const { bundleHostSuite, clearHostResults, hostResultsFile } = await import("./lib/hostSuite.mjs");

const suite = await bundleHostSuite();
await clearHostResults();
const folder = await temporaryFolder();
const workspace = path.join(folder, "work");
await copyExamples(workspace);
const report = path.join(folder, "report.txt");
const browserLog = createWriteStream(path.join(folder, "browser.log"));
const server = await startCodeServer({
  userDataDir: path.join(folder, "user"),
  extensionsDir: path.join(folder, "extensions"),
  settings: testSettings,
  testDriver: true,
  env: {
    MODELTRAIL_HOST_RESULTS: hostResultsFile,
    MODELTRAIL_HOST_REPORT: report,
    MODELTRAIL_HOST_GREP: options.grep,
    XDG_DATA_HOME: path.join(folder, "data"),
  },
});
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
const forwarding = forward(report);
let code = 1;
try {
  code = await runSuite(await browser.newPage());
} finally {
  await forwarding.stop();
  await browser.close();
  await server.stop();
  browserLog.end();
  if (code === 0) await removeFolder(folder);
  else console.error(`The test's folder, with browser.log and the logs of VS Code in user/logs, is kept: ${folder}`);
}
process.exit(code);

/** Prints what comes into a file, until it is stopped. */
function forward(file) {
  let printed = 0;
  const print = async () => {
    const text = await readFile(file, "utf8").catch(() => "");
    process.stdout.write(text.slice(printed));
    printed = text.length;
  };
  const timer = setInterval(print, 200);
  return {
    stop: () => {
      clearInterval(timer);
      return print();
    },
  };
}

/** Opens the workbench so that it loads the extension from source, and waits for the suite's exit code. */
async function runSuite(page) {
  const exit = Promise.withResolvers();
  await page.exposeFunction("codeAutomationLog", (type, args) => browserLog.write(`[${type}] ${format(...args)}\n`));
  await page.exposeFunction("codeAutomationExit", (value) => exit.resolve(value));
  page.on("crash", () => exit.reject(new Error("The browser's page crashed.")));
  const remote = (file) => `vscode-remote://127.0.0.1:${server.port}${file}`;
  const payload = [
    ["extensionDevelopmentPath", remote(paths.root)],
    ["extensionTestsPath", remote(suite)],
    ["skipWelcome", "true"],
  ];
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  await page.goto(`${server.url}/?${query}`);
  return await exit.promise;
}
