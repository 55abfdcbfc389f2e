import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { Node as DeploymentNode } from "../../src/extension/deployments/nodes";
import type { Node as ModelNode } from "../../src/extension/models/nodes";
import { openStore } from "../../src/store/open";
import { processIdentity } from "../../src/store/process";
import { cleanUp, internals, type TestInternals, until, workspaceRoot } from "./support";

describe("models and deployments", () => {
  let own: TestInternals;
  before(async () => {
    own = await internals();
    const store = openStore(workspaceRoot(), { create: true });
    const { registry, deployments } = store;
    registry.createModel({ name: "host-wine", description: "", tags: {} });
    const made = { model: "host-wine", description: "", source: "s", location: "s", run: null, runLink: "" };
    registry.createVersion({ ...made, loggedModel: null, tags: {} });
    deployments.ensure({ name: "host-cellar", model: "host-wine", target: "local" });
    const routes = [{ model: "host-wine", version: 1, bundle: "", role: "champion" as const, percent: 100 }];
    const asked = { deployment: "host-cellar", kind: "deploy" as const, routes, actor: "Ada" };
    deployments.end(deployments.begin(asked, processIdentity()).id, "live", null);
    store.close();
  });
  after(cleanUp);

  it("are in their views as the store has them, with changes of others", async () => {
    const versions = await until("the version is in the view", async () => {
      const [model] = await own.models.getChildren();
      const found = model && (await own.models.getChildren(model));
      return found && found.length > 0 && found;
    });
    const item = own.models.getTreeItem(versions[0] as ModelNode);
    assert.equal(item.label, "Version 1");
    assert.match(String(item.description), /serves host-cellar/);
    await vscode.commands.executeCommand("modeltrail.refreshDeployments");
    const deployment = await until("the deployment is in the view", async () => {
      const [first] = await own.deployments.getChildren();
      return first?.kind === "deployment" && first.deployment.name === "host-cellar" && first;
    });
    const below = await own.deployments.getChildren(deployment as DeploymentNode);
    assert.deepEqual(
      below.map(({ kind }) => kind),
      ["route", "rollout"],
    );
    assert.match(String(own.deployments.getTreeItem(below[1]!).description), /live · just now · Ada/);
  });

  it("have a card and an audit log to read, and aliases to give", async () => {
    const version = { root: workspaceRoot(), model: "host-wine", version: 1 };
    await own.projects.call("setModelAlias", { ...version, alias: "challenger" });
    const view = await own.projects.call("modelVersion", version);
    assert.deepEqual(view?.aliases, ["challenger"]);
    assert.match(await own.projects.call("modelCard", version), /host-wine/);
    const verdict = await own.projects.call("verifyAudit", version);
    assert.equal(verdict.intact, true);
    const [entry] = await own.projects.call("auditEntries", { root: version.root, subject: null, limit: 1 });
    assert.equal(entry?.action, "alias.set");
    assert.equal(entry?.through, "vscode");
    await own.projects.call("removeModelAlias", { root: version.root, model: version.model, alias: "challenger" });
    assert.deepEqual((await own.projects.call("modelVersion", version))?.aliases, []);
  });

  it("keep what is filled in on the card, and forget whom they trust", async () => {
    const version = { root: workspaceRoot(), model: "host-wine", version: 1 };
    await vscode.commands.executeCommand("modeltrail.editModelCard", version);
    const editor = await until("the card is open", () => vscode.window.activeTextEditor);
    const { document } = editor;
    assert.equal(document.uri.scheme, "modeltrail-card");
    const hint = document.getText().indexOf("*What is it for");
    const end = document.getText().indexOf("<!-- /modeltrail -->", hint);
    const range = new vscode.Range(document.positionAt(hint), document.positionAt(end));
    await editor.edit((edit) => edit.replace(range, "For the cellar.\nNot for sale.\n"));
    assert.equal(await document.save(), true);
    assert.match(await own.projects.call("modelCard", version), /For the cellar\.\nNot for sale\./);
    // Without its marks nobody knows what is which: nothing is kept.
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), "gone"));
    await assert.rejects(async () => {
      await vscode.workspace.fs.writeFile(document.uri, new TextEncoder().encode(document.getText()));
    }, /marks of the parts are gone/);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    assert.match(await own.projects.call("modelCard", version), /For the cellar/);

    await own.projects.call("trustSource", version);
    const [source] = await own.projects.call("trustedSources", version);
    assert.equal(source?.words, "s");
    await own.projects.call("forgetTrust", { root: version.root, source: source.source });
    assert.deepEqual(await own.projects.call("trustedSources", version), []);
  });
});
