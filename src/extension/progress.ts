/** Something that may take long, with a notification that says so and can cancel it. */
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { ChoreProgress } from "./worker/chores/api";

/** What is done within this time needs no notification: it would cover what the user asked to see. */
const PATIENCE_MS = 700;

export async function withCancel<T>(
  title: string,
  action: (signal: AbortSignal, report: (progress: ChoreProgress) => void) => Promise<T>,
  patience = PATIENCE_MS,
): Promise<T> {
  const controller = new AbortController();
  let show = (_: ChoreProgress): void => {};
  const result = action(controller.signal, (progress) => show(progress));
  const settled = result.then(
    () => true,
    () => true,
  );
  if (await Promise.race([settled, sleep(patience, false)])) return result;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (bar, token) => {
    token.onCancellationRequested(() => controller.abort());
    let shown = 0;
    show = ({ what, done, total }) => {
      const percent = done !== undefined && total ? Math.min(100, (100 * done) / total) : shown;
      bar.report({ message: what, increment: Math.max(0, percent - shown) });
      shown = Math.max(shown, percent);
    };
    return result;
  });
}
