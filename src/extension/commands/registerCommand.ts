/** The choke point of all commands: each is timed, and its failure is logged and shown. */
import * as vscode from "vscode";
import type { Command } from "../contributions";
import type { Log } from "../log";

/** What a menu, a key or the palette hands over: a tree item and the whole selection, a file's URI, or nothing. */
export type CommandArguments = readonly unknown[];

export type RegisterCommand = (
  id: Command,
  what: string,
  run: (...given: CommandArguments) => unknown,
) => vscode.Disposable;

/** `what` completes the sentence "Modeltrail could not …". */
export function commandRegistrar(log: Log): RegisterCommand {
  return (id, what, run) =>
    vscode.commands.registerCommand(id, async (...given: unknown[]) => {
      const started = performance.now();
      try {
        return await run(...given);
      } catch (error) {
        log.show(what, error);
        return undefined;
      } finally {
        log.channel.debug(`${id} took ${(performance.now() - started).toFixed(0)} ms`);
      }
    });
}
