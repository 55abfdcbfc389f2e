/** Deployments: what can be done with them. */
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import { Command } from "../contributions";
import type { DeploymentsTree } from "./deploymentsTree";
import { isMoreRolloutsNode } from "./nodes";

export interface RegisterDeploymentsDeps extends CommandDeps {
  deployments: DeploymentsTree;
}

export function registerDeployments({ register, deployments }: RegisterDeploymentsDeps): vscode.Disposable {
  return vscode.Disposable.from(
    register(Command.loadMoreRollouts, "load more changes", (node) => {
      if (isMoreRolloutsNode(node)) deployments.loadMore(node);
    }),
  );
}
