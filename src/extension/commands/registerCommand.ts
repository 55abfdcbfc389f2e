/** The choke point of all commands: each is timed, and its failure is logged and shown. */
import * as vscode from "vscode";
import type { Command } from "../contributions";
import type { Log } from "../log";
import type { Node } from "../tree/nodes";

/** What a menu, a key or the palette hands over: a tree item and the whole selection, a file's URI, or nothing. */
export type CommandArguments = readonly unknown[];

export type RegisterCommand = (
  id: Command,
  what: string,
  run: (...given: CommandArguments) => unknown,
) => vscode.Disposable;

/** What a key gives, in package.json, to mean the runs that are selected in the tree. */
export const SELECTION = "selection";

/** `what` completes the sentence "Modeltrail could not …". `selection` gives what is selected in the tree. */
export function commandRegistrar(log: Log, selection: () => readonly Node[]): RegisterCommand {
  function fromKey(given: CommandArguments): CommandArguments {
    if (given[0] !== SELECTION) return given;
    // On a row below a run the key is not about the run.
    const runs = selection().filter(({ kind }) => kind === "run");
    if (runs.length === 0) throw new vscode.CancellationError();
    return [runs[0], runs];
  }

  return (id, what, run) =>
    vscode.commands.registerCommand(id, async (...given: unknown[]) => {
      const started = performance.now();
      try {
        return await run(...fromKey(given));
      } catch (error) {
        log.show(what, error);
        return undefined;
      } finally {
        log.channel.debug(`${id} took ${(performance.now() - started).toFixed(0)} ms`);
      }
    });
}
