import assert from "node:assert/strict";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { cleanUp, internals, type TestInternals, workspaceRoot, writeScript } from "./support";

describe("the Python that runs a script", () => {
  let own: TestInternals;
  let script: vscode.Uri;
  before(async () => {
    own = await internals();
    script = await writeScript("host_python.py", ["print('x=1')"]);
  });
  after(async () => {
    await rm(path.join(workspaceRoot(), ".venv"), { recursive: true, force: true });
    await cleanUp();
  });

  const chosen = async () => (await own.launcher.request({ script, args: [] })).command[0]!;
  const set = (value: string | undefined) =>
    vscode.workspace.getConfiguration("modeltrail").update("python", value, vscode.ConfigurationTarget.Workspace);

  it("is found on PATH when nothing else says which", async () => {
    assert.match(path.basename(await chosen()), /^python3?(\.exe)?$/);
  });

  it("is the workspace's own environment when it has one", async () => {
    const python = path.join(workspaceRoot(), ".venv", "bin", "python");
    await mkdir(path.dirname(python), { recursive: true });
    await writeFile(python, '#!/bin/sh\nexec python3 "$@"\n');
    await chmod(python, 0o755);
    assert.equal(await chosen(), python);
  });

  it("is the one of the setting before all, with its variables filled in", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own variable.
    await set(path.join("${workspaceFolder}", "my", "python"));
    try {
      assert.equal(await chosen(), path.join(workspaceRoot(), "my", "python"));
    } finally {
      await set(undefined);
    }
  });

  it("is started in the workspace folder, or in the script's by setting", async () => {
    await mkdir(path.join(workspaceRoot(), "inner"), { recursive: true });
    const inner = await writeScript("inner/host_inner.py", ["print('x=1')"]);
    const request = () => own.launcher.request({ script: inner, args: ["--a"] });
    const { cwd, command } = await request();
    assert.deepEqual([cwd, command.slice(1)], [workspaceRoot(), [path.join("inner", "host_inner.py"), "--a"]]);
    const setting = vscode.workspace.getConfiguration("modeltrail");
    await setting.update("run.workingDirectory", "scriptFolder", vscode.ConfigurationTarget.Workspace);
    try {
      const own = await request();
      assert.deepEqual([own.cwd, own.command.slice(1)], [path.dirname(inner.fsPath), ["host_inner.py", "--a"]]);
    } finally {
      await setting.update("run.workingDirectory", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
