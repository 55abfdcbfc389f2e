/** What is done with the runs of a file: see them, and compare the file as they had it with what it is now. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { CommandDeps } from "../commands/deps";
import { Command } from "../contributions";
import { recordedFileUri } from "../documents/uris";
import { isNode } from "../tree/nodes";
import type { HistoryNode } from "./historyModel";
import type { HistoryView } from "./historyView";

export function registerHistoryCommands(
  { projects, register }: Pick<CommandDeps, "projects" | "register">,
  history: HistoryView,
): vscode.Disposable {
  /** Where the file is as the run had it: in its code, or kept for its content. */
  async function versionIn({ root, run, use, file }: HistoryNode): Promise<vscode.Uri> {
    const [role] = use.roles;
    if (role !== "script" && role !== "source") {
      const kind = role === "config" || role === "artifact" ? role : "data";
      const kept = use.sha256 !== null && (await projects.call("keptFile", { root, sha256: use.sha256 })) !== null;
      const name = path.relative(root, file).split(path.sep).join("/");
      if (kept) return recordedFileUri(root, run, { kind, path: name, sha256: use.sha256 });
    }
    const inCode = await projects.call("codePath", { root, id: run.id, file });
    const bytes = inCode === null ? null : await projects.call("codeFile", { root, id: run.id, path: inCode });
    if (inCode === null || bytes === null) {
      const text = vscode.l10n.t("{0} did not keep {1}, only its hash.", run.name, path.basename(file));
      throw new UserError(text);
    }
    return recordedFileUri(root, run, { kind: "code", path: inCode, sha256: null });
  }

  async function compareThenAndNow(node: unknown): Promise<void> {
    if (!isHistoryNode(node)) throw new UserError(vscode.l10n.t("Choose a run in the view History of This File."));
    const then = await versionIn(node);
    const now = vscode.Uri.file(node.file);
    const title = vscode.l10n.t("{0} ({1} ↔ now)", path.basename(node.file), node.run.name);
    await vscode.commands.executeCommand("vscode.diff", then, now, title);
  }

  return vscode.Disposable.from(
    register(Command.compareThenAndNow, "compare the file", compareThenAndNow),
    register(Command.showHistory, "show the history of the file", (given) => history.show(fileOf(given))),
    register(Command.loadMoreHistory, "load more runs", () => history.loadMore()),
  );
}

const isHistoryNode = (node: unknown): node is HistoryNode => isNode(node) && node.kind === "run" && "use" in node;

/** From a menu a URI, from a link its text. */
function fileOf(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  return typeof given === "string" ? vscode.Uri.parse(given, true) : undefined;
}
