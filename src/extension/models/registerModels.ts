/** Models: what can be done with them. */
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import { Command } from "../contributions";
import type { ModelsTree } from "./modelsTree";
import { isMoreModelsNode } from "./nodes";

export interface RegisterModelsDeps extends CommandDeps {
  models: ModelsTree;
}

export function registerModels({ register, models }: RegisterModelsDeps): vscode.Disposable {
  return vscode.Disposable.from(
    register(Command.loadMoreModels, "load more models", (node) => {
      if (isMoreModelsNode(node)) models.loadMore(node);
    }),
  );
}
