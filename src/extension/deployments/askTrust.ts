/** Reading a model may run code: that is asked for once for each source, before anything is started. */
import * as vscode from "vscode";
import { addressOf, type VersionAt } from "../models/pickVersion";
import type { Projects } from "../stores/projects";

/** Asks unless the source is trusted already, and keeps a yes, for this source alone. Throws when it is not to be. */
export async function askTrust(projects: Projects, version: VersionAt): Promise<void> {
  const needed = await projects.call("trustNeeded", version);
  if (!needed) return;
  const text = vscode.l10n.t("Trust models of {0}?", needed.source);
  const detail = vscode.l10n.t(
    "Reading {0} executes code that its file contains: whoever wrote the file decides what it does on this machine. You are asked once for each source. Formats that hold data only (skops, ONNX, XGBoost's and LightGBM's own) are never asked for.",
    addressOf(version),
  );
  const trust = vscode.l10n.t("Trust and Go On");
  const answer = await vscode.window.showWarningMessage(text, { modal: true, detail }, trust);
  if (answer !== trust) throw new vscode.CancellationError();
  await projects.call("trustSource", version);
}
