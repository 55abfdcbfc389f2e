/** Something that may take long, with a notification that says so and can cancel it. */
import * as vscode from "vscode";

export async function withCancel<T>(title: string, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return action(controller.signal);
  });
}
