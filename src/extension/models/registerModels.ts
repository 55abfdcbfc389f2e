/** Models: what can be done with them. What does it is loaded when it is first asked for. */
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import { Command } from "../contributions";
import type { ModelsTree } from "./modelsTree";
import { isMoreModelsNode } from "./nodes";

export interface RegisterModelsDeps extends CommandDeps {
  models: ModelsTree;
}

export function registerModels(deps: RegisterModelsDeps): vscode.Disposable {
  const { register, models, projects } = deps;
  const commands = () => import("./modelCommands");
  const auditing = () => import("./auditCommands");
  return vscode.Disposable.from(
    register(Command.registerModel, "register the model", async (...given) => {
      await (await import("./registerModel")).registerModel(projects, given);
    }),
    register(Command.promoteModel, "promote the version", async (node) => (await commands()).promote(deps, node)),
    register(Command.demoteModel, "demote the champion", async (node) => (await commands()).demote(deps, node)),
    register(Command.setModelAlias, "set the alias", async (node) => (await commands()).setAlias(deps, node)),
    register(Command.removeModelAlias, "remove the alias", async (node) => (await commands()).removeAlias(deps, node)),
    register(Command.archiveModel, "archive the version", async (node) => (await commands()).archive(deps, node)),
    register(Command.unarchiveModel, "take the version back", async (node) => (await commands()).unarchive(deps, node)),
    register(Command.editModelDescription, "change the description", async (node) =>
      (await commands()).editDescription(deps, node),
    ),
    register(Command.editModelTags, "change the tags", async (node) => (await commands()).editTags(deps, node)),
    register(Command.showModelCard, "show the model card", async (node) => (await commands()).showCard(deps, node)),
    register(Command.editModelCard, "edit the model card", async (node) => (await commands()).editCard(deps, node)),
    register(Command.compareModelVersions, "compare the versions", async (node) =>
      (await commands()).compareVersions(deps, node),
    ),
    register(Command.runGates, "run the gates", async (node) => (await commands()).runGates(deps, node)),
    register(Command.showAuditLog, "show the audit log", async (node) => (await auditing()).showAudit(deps, node)),
    register(Command.verifyAuditLog, "verify the audit log", async () => (await auditing()).verifyAudit(deps)),
    register(Command.exportAuditLog, "export the audit log", async () => (await auditing()).exportAudit(deps)),
    register(Command.forgetTrust, "take trust back", async () => (await auditing()).forgetTrust(deps)),
    register(Command.loadMoreModels, "load more models", async (node) => {
      if (isMoreModelsNode(node)) await models.loadMore(node);
    }),
  );
}
