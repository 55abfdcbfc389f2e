import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { SWEEP_TAG } from "../../src/domain/sweep";
import { cleanUp, internals, type TestInternals, until, workspaceRoot, writeScript } from "./support";

describe("a sweep", () => {
  let own: TestInternals;
  before(async () => {
    own = await internals();
  });
  after(cleanUp);

  it("of modeltrail.yaml is offered, and each of its trials is a run", async () => {
    await writeScript("host swept.py", ["import sys", "print('loss=' + sys.argv[-1])"]);
    const { python } = await own.launcher
      .request({ script: vscode.Uri.joinPath(vscode.Uri.file(workspaceRoot()), "host swept.py"), args: [] })
      .then(({ command }) => ({ python: command[0]! }));
    const command = JSON.stringify([python, "host swept.py"]);
    await writeScript("modeltrail.yaml", [
      "sweeps:",
      `  rates: {command: ${command}, params: {lr: [1, 2]}, metric: loss}`,
    ]);
    const begun = vscode.commands.executeCommand("modeltrail.runSweep");
    const root = workspaceRoot();
    const runs = await until("both trials have ended", async () => {
      // The list of sweeps has come up at some time: its first item is the one of the file.
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      const page = await own.projects.call("listRuns", { root, query: { tags: { [SWEEP_TAG]: "rates" } } });
      return page.runs.filter(({ status }) => status === "finished").length === 2 && page.runs;
    });
    assert.deepEqual(runs.map(({ metrics }) => metrics.loss?.last).sort(), [1, 2]);
    await begun;
  });
});
