import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { installExtension } from "../../scripts/lib/codeServer.mjs";
import { paths } from "../../scripts/lib/paths.mjs";
import { removeFolder, temporaryFolder } from "../../scripts/lib/workspace.mjs";
import { test as base, expect } from "./fixtures";
import type { Workbench } from "./workbench/workbench";

/** VS Code's Python extensions cannot be had here, so an adapter of the test's own speaks to the real debugpy. */
const test = base.extend<object, { extensionsDir: string }>({
  extensionsDir: [
    async ({ extensionsDir }, use) => {
      const folder = await temporaryFolder();
      const vsix = path.join(folder, "adapter.vsix");
      const vsce = path.join(paths.modules, "@vscode/vsce/vsce");
      const options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", vsix];
      const cwd = path.join(import.meta.dirname, "debugpyAdapter");
      await promisify(execFile)(process.execPath, [vsce, "package", ...options], { cwd });
      await installExtension(vsix, { extensionsDir, userDataDir: path.join(folder, "user") });
      await use(extensionsDir);
      await removeFolder(folder);
    },
    { scope: "worker" },
  ],
});

test.use({ example: "quickstart" });

const SCRIPT = `import argparse, sys
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.5)
parser.add_argument("--exit", type=int, default=0)
options = parser.parse_args()
total = 0.0
for epoch in range(3):
    total += options.lr
    print(f"epoch {epoch} loss={4 - total:.1f}", flush=True)
print("sum", sum(float(line) for line in open("numbers.txt")))
sys.exit(options.exit)
`;
const LOG = ["epoch 0 loss=3.5", "epoch 1 loss=3.0", "epoch 2 loss=2.5", "sum 3.0"];

const stoppedAt = (workbench: Workbench) => workbench.page.locator(".monaco-editor .debug-top-stack-frame-line");
const debugToolbar = (workbench: Workbench) => workbench.page.locator(".debug-toolbar");

test("a debug session stops at a breakpoint, and its run has params, metrics, output and exit code", async ({
  workbench,
  folder,
  records,
}) => {
  await writeFile(path.join(folder, "debugged.py"), SCRIPT);
  await writeFile(path.join(folder, "numbers.txt"), "1\n2\n");
  const { editor, experiments, page } = workbench;
  await experiments.open();

  await test.step("by the button, in the terminal", async () => {
    await workbench.openFile("debugged.py");
    await editor.goToLine(6);
    await page.keyboard.press("F9");
    await expect(page.locator(".codicon-debug-breakpoint").first()).toBeVisible();
    await workbench.runCommand("Modeltrail: Debug and Record");
    await expect(stoppedAt(workbench)).toBeVisible();
    await expect.poll(async () => (await records.list()).map(({ status }) => status)).toEqual(["running"]);
    // Stepping goes from line to line of the script, and never into us.
    await page.keyboard.press("F10");
    await expect(page.locator(".debug-call-stack .monaco-list-row", { hasText: "debugged.py" })).toContainText("7:1");
    await page.keyboard.press("F5");
    await expect(debugToolbar(workbench)).toBeHidden();
    await expect.poll(async () => (await records.show()).status).toBe("finished");
    const run = await records.show();
    expect(run).toMatchObject({ exitCode: 0, script: "debugged.py", params: { lr: "0.5", exit: "0" }, warnings: [] });
    expect(run.command.slice(1)).toEqual([path.join(folder, "debugged.py")]);
    expect(run.metrics.loss).toMatchObject({ count: 3, last: 2.5 });
    expect(run.snapshot.data).toMatchObject([{ path: "numbers.txt", role: "read" }]);
    const log = await records.log();
    expect(log.slice(-LOG.length)).toEqual(LOG);
  });

  await test.step("by launch.json, in the debug console, with another exit code", async () => {
    await mkdir(path.join(folder, ".vscode"), { recursive: true });
    const configuration = {
      name: "Fail",
      type: "debugpy",
      request: "launch",
      program: path.join(folder, "debugged.py"),
      args: ["--exit", "3"],
      cwd: folder,
      console: "internalConsole",
    };
    await writeFile(
      path.join(folder, ".vscode/launch.json"),
      JSON.stringify({ version: "0.2.0", configurations: [configuration] }),
    );
    await workbench.runCommand("Debug: Start Debugging");
    await expect(stoppedAt(workbench)).toBeVisible();
    await page.keyboard.press("F5");
    // The debugger takes it for an exception that nobody caught.
    await expect(page.getByText("Exception has occurred: SystemExit")).toBeVisible();
    await page.keyboard.press("F5");
    await expect.poll(async () => (await records.list()).map(({ status }) => status)).toEqual(["failed", "finished"]);
    const run = await records.show();
    expect(run).toMatchObject({ exitCode: 3, params: { lr: "0.5", exit: "3" }, gaps: [], warnings: [] });
    expect(await records.log()).toEqual(LOG);
  });

  await test.step("a session that is stopped", async () => {
    await workbench.runCommand("Debug: Start Debugging");
    await expect(stoppedAt(workbench)).toBeVisible();
    await page.keyboard.press("Shift+F5");
    await expect
      .poll(async () => (await records.list()).map(({ status }) => status))
      .toEqual(["killed", "failed", "finished"]);
  });
});
