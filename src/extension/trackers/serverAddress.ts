/** The address of an MLflow server, asked of the user; the last one is remembered, a login is not. */
import * as vscode from "vscode";
import { withoutLogin } from "./login";

export interface ServerAddress {
  /** Without a login. */
  url: string;
  /** The login, in the variables that MLflow's clients know. */
  env: Record<string, string>;
}

const LAST = "modeltrail.mlflow.server";

/** Undefined when the user does not want to. */
export async function serverAddress(memory: vscode.Memento, title: string): Promise<ServerAddress | undefined> {
  const { MLFLOW_TRACKING_URI: usual = "" } = process.env;
  const value = memory.get<string>(LAST) ?? (withoutLogin(usual)?.url || "");
  const text = await vscode.window.showInputBox({
    title,
    value,
    ignoreFocusOut: true,
    placeHolder: "https://mlflow.example.org",
    prompt: vscode.l10n.t(
      "Where it asks for a login: https://NAME:PASSWORD@…, which is not kept, or the variables MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
    ),
    validateInput: (typed) =>
      typed.trim() === "" || withoutLogin(typed)
        ? undefined
        : vscode.l10n.t("Write an address that begins with http:// or https://."),
  });
  const server = text ? withoutLogin(text) : undefined;
  // The path of a server of ours is a secret.
  if (server && !/\/t\/./.test(server.url)) await memory.update(LAST, server.url);
  return server;
}
