/** The commands about targets; what they take is loaded when the first is used. */
import * as vscode from "vscode";
import type { RegisterCommand } from "../commands/registerCommand";
import { Command } from "../contributions";
import type { TargetCommandDeps, TargetCommands } from "./targetCommands";

export function registerTargets(deps: TargetCommandDeps & { register: RegisterCommand }): vscode.Disposable {
  const { register } = deps;
  let loading: Promise<TargetCommands> | undefined;
  async function load(): Promise<TargetCommands> {
    const { createTargetCommands } = await import("./targetCommands");
    return createTargetCommands(deps);
  }
  const commands = () => (loading ??= load());

  return vscode.Disposable.from(
    register(Command.runOnTarget, "run on a target", async (given, target) =>
      (await commands()).runOnTarget(given, target),
    ),
    register(Command.addToQueue, "add to the queue", async (given) => (await commands()).addToQueue(given)),
    register(Command.checkTarget, "check the target", async (given) => (await commands()).checkTarget(given)),
    register(Command.editTargets, "edit the targets", async () => (await commands()).editTargets()),
    register(Command.setTargetSecret, "set the secret", async () => (await commands()).setSecret()),
    register(Command.forgetTargetSecrets, "forget the secrets", async () => (await commands()).forgetSecrets()),
  );
}
