/** The output channel, and the one way in which a failure reaches the user. */
import * as vscode from "vscode";
import { UserError } from "../domain/errors";
import { isAbort } from "../protocol/channel";

export interface Log {
  readonly channel: vscode.LogOutputChannel;
  /** Writes the error down; `what` was being done, e.g. "read the runs". */
  error(what: string, error: unknown): void;
  /** Writes it down and shows it, with a way to the log. A cancellation is silent. */
  show(what: string, error: unknown): void;
}

/** An error for the user that comes with something to press. */
export class ActionableError extends UserError {
  constructor(
    message: string,
    readonly action: { title: string; run(): unknown },
  ) {
    super(message);
  }
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel("Modeltrail", { log: true });
  const showLog = vscode.l10n.t("Show Log");

  function error(what: string, error: unknown): void {
    if (error instanceof UserError) channel.warn(`Could not ${what}: ${error.message}`);
    else channel.error(`Could not ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  async function offer(what: string, fault: unknown): Promise<void> {
    const text =
      fault instanceof UserError ? fault.message : vscode.l10n.t("Modeltrail could not {0}: {1}", what, String(fault));
    const action = fault instanceof ActionableError ? fault.action : undefined;
    const choices = action ? [action.title] : [showLog];
    const chosen = await vscode.window.showErrorMessage(text, ...choices);
    if (chosen === showLog) channel.show();
    else if (chosen) await action?.run();
  }

  return {
    channel,
    error,
    show(what, fault) {
      if (isAbort(fault) || fault instanceof vscode.CancellationError) return;
      error(what, fault);
      void offer(what, fault);
    },
  };
}
