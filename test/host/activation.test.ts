import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import * as vscode from "vscode";

describe("the extension", () => {
  const extension = vscode.extensions.getExtension("modeltrail.modeltrail");

  before(async () => {
    await extension?.activate();
  });

  it("activates", () => {
    assert.equal(extension?.isActive, true);
  });

  it("registers every command that it contributes", async () => {
    const contributed: { command: string }[] = extension?.packageJSON.contributes.commands ?? [];
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributed.length > 0, "package.json contributes no command");
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });
});
