// Runs test/host inside desktop VS Code, which it downloads: `npm run test:electron`. `--version insiders` or `--version 1.105.0`
// take another one than the newest, `--grep TEXT` runs the tests whose name has TEXT. Linux without a display: `xvfb-run -a`.
import path from "node:path";
import { parseArgs } from "node:util";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { runOrThrow } from "./lib/processes.mjs";
import { copyExamples, removeFolder, temporaryFolder } from "./lib/workspace.mjs";

await underOwnNode();
const { values: options } = parseArgs({
  options: { version: { type: "string", default: "stable" }, grep: { type: "string" } },
});
await runOrThrow(process.execPath, [path.join(paths.root, "scripts/build.mjs")]);

// Packages of node_modules, which may not have been there when this script was loaded.
const { downloadAndUnzipVSCode, runTests } = await import("@vscode/test-electron");
const { bundleHostSuite, clearHostResults, hostResultsFile } = await import("./lib/hostSuite.mjs");

const vscodeExecutablePath = await downloadAndUnzipVSCode({
  version: options.version,
  cachePath: path.join(paths.cache, "vscode"),
});
const extensionTestsPath = await bundleHostSuite();
await clearHostResults();
const folder = await temporaryFolder();
const workspace = path.join(folder, "work");
await copyExamples(workspace);
try {
  process.exitCode = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: paths.root,
    extensionTestsPath,
    extensionTestsEnv: {
      MODELTRAIL_HOST_RESULTS: hostResultsFile,
      MODELTRAIL_HOST_GREP: options.grep,
      XDG_DATA_HOME: path.join(folder, "data"),
    },
    launchArgs: [
      workspace,
      ...["--user-data-dir", path.join(folder, "user"), "--extensions-dir", path.join(folder, "extensions")],
      ...["--disable-workspace-trust", "--disable-telemetry", "--disable-updates", "--skip-welcome"],
      ...(process.platform === "linux" && process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await removeFolder(folder);
}
