import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { Run } from "../../src/domain/run";
import { commands, expectedRuns, projectFiles } from "../adopt/session";
import { hasEnded, internals, runOfScript, type TestInternals, until, workspaceRoot } from "./support";

const FOLDER = "terminal-session";

describe("runs that are started elsewhere", () => {
  let own: TestInternals;
  let terminal: vscode.Terminal;
  const folder = () => path.join(workspaceRoot(), FOLDER);

  before(async () => {
    own = await internals();
    for (const [name, content] of Object.entries(projectFiles)) {
      const file = path.join(folder(), name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await setRecording(true);
    terminal = await terminalThatRecords(folder());
  });

  after(async () => {
    terminal.dispose();
    await setRecording(undefined);
    await rm(folder(), { recursive: true, force: true });
  });

  async function logOf({ id }: Pick<Run, "id">): Promise<string> {
    const file = await own.projects.call("logPath", { root: workspaceRoot(), id });
    return readFile(file, "utf8");
  }

  async function wholeRun(id: string): Promise<Run> {
    const found = await own.projects.call("getRun", { root: workspaceRoot(), id });
    return found!.run;
  }

  it("have the output and the exit code that the terminal saw", async () => {
    await execute(terminal, "python3 train.py --lr 0.25 --epochs 3");
    const ended = await runOfScript(own, `${FOLDER}/train.py`, (run) => hasEnded(run));
    const run = await wholeRun(ended.id);
    assert.deepEqual([run.status, run.exitCode, run.gaps], ["finished", 0, []]);
    assert.deepEqual(run.params, { lr: "0.25", epochs: "3" });
    assert.deepEqual([run.metrics.loss?.count, run.metrics.loss?.last], [3, 0.5]);
    assert.equal(await logOf(run), "epoch 0 loss=0.5\r\nepoch 1 loss=0.5\r\nepoch 2 loss=0.5\r\n");

    await execute(terminal, "python3 fail.py");
    const failed = await runOfScript(own, `${FOLDER}/fail.py`, (found) => hasEnded(found));
    assert.deepEqual([failed.status, failed.exitCode], ["failed", 3]);
  });

  it("are those of a session of thirty commands that a person would call runs", async () => {
    const before = await own.projects.call("listRuns", { root: workspaceRoot(), query: { limit: 1000 } });
    const outside = path.join(folder(), "..", "..", "outside.py");
    await writeFile(outside, "print(1)\n");
    const extension = vscode.extensions.getExtension("modeltrail.modeltrail")!;
    const modeltrail = `"${process.execPath}" "${path.join(extension.extensionPath, "dist/cli.js")}"`;
    for (const { line } of commands) {
      await execute(terminal, line.replace("{outside}", `"${outside}"`).replace("{modeltrail}", modeltrail));
    }
    const runs = await until("all of them have ended", async () => {
      const page = await own.projects.call("listRuns", { root: workspaceRoot(), query: { limit: 1000 } });
      const fresh = page.runs.filter(({ id }) => !before.runs.some((one) => one.id === id));
      return fresh.length >= expectedRuns.length && fresh.every(hasEnded) ? fresh : undefined;
    });
    const words = runs.map(({ command }) => command.slice(1).join(" ")).sort();
    assert.deepEqual(words, [...expectedRuns].sort());
    const lossOf = async (last: string) => {
      const run = runs.find(({ command }) => command.join(" ").endsWith(last))!;
      return (await wholeRun(run.id)).metrics.loss?.last;
    };
    // One of a loop, one within a script, one behind a pipe: what they printed is theirs.
    assert.deepEqual([await lossOf("--lr 2"), await lossOf("--lr 9"), await lossOf("--lr 4")], [4, 18, 8]);
  });

  it("are those of tasks too", async () => {
    const execution = new vscode.ShellExecution("python3 fail.py", { cwd: folder() });
    const scope = vscode.workspace.workspaceFolders![0]!;
    const before = await runOfScript(own, `${FOLDER}/fail.py`);
    await vscode.tasks.executeTask(new vscode.Task({ type: "shell" }, scope, "evaluate", "test", execution));
    const run = await runOfScript(own, `${FOLDER}/fail.py`, (found) => found.id !== before.id && hasEnded(found));
    assert.deepEqual([run.status, run.exitCode], ["failed", 3]);
    const [gap, ...others] = (await wholeRun(run.id)).gaps;
    assert.deepEqual(others, []);
    assert.match(gap!.message, /What tasks print is not shown to extensions/);
  });
});

async function setRecording(value: boolean | undefined): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("modeltrail");
  await configuration.update("terminals.record", value, vscode.ConfigurationTarget.Global);
}

/** Terminals have their environment from the start: until the setting has arrived there, a new one is opened. */
async function terminalThatRecords(cwd: string): Promise<vscode.Terminal> {
  return until("terminals are recorded", async () => {
    const terminal = vscode.window.createTerminal({ cwd, shellPath: "bash" });
    await until("there is shell integration", () => terminal.shellIntegration);
    if ((await execute(terminal, 'test -n "$MODELTRAIL_ADOPT"')) === 0) return terminal;
    terminal.dispose();
    return undefined;
  });
}

/** Resolves with the exit code. */
function execute(terminal: vscode.Terminal, line: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const listening = vscode.window.onDidEndTerminalShellExecution((event) => {
      if (event.terminal !== terminal) return;
      listening.dispose();
      resolve(event.exitCode);
    });
    terminal.sendText(line);
  });
}
