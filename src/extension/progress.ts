/** Something that may take long, with a notification that says so and can cancel it. */
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";

/** What is done within this time needs no notification: it would cover what the user asked to see. */
const PATIENCE_MS = 700;

export async function withCancel<T>(title: string, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const result = action(controller.signal);
  const settled = result.then(
    () => true,
    () => true,
  );
  if (await Promise.race([settled, sleep(PATIENCE_MS, false)])) return result;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_, token) => {
    token.onCancellationRequested(() => controller.abort());
    return result;
  });
}
