/** Get back what runs were made of: into folders of their own, and into the workspace only through VS Code's own editors. */
import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { RestoreReport } from "../../domain/restore";
import { Command } from "../contributions";
import { recordedFileUri } from "../documents/uris";
import { withCancel } from "../progress";
import { restoreReport } from "../reports/restoreReport";
import { isNode } from "../tree/nodes";
import { showChanges } from "./compareRuns";
import type { CommandDeps } from "./deps";
import { recordedUri } from "./openRuns";
import { pathInProject } from "./pathInProject";
import { pickNewFolder } from "./pickFolder";
import { pickRun, type RunAt } from "./pickRuns";

export async function restoreToFolder(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const at = await pickRun(given, deps.projects, { title: vscode.l10n.t("Restore Run to Folder") });
  const { root, run } = at;
  const to = await pickNewFolder({
    title: vscode.l10n.t("Restore {0} to a Folder", run.name),
    prompt: vscode.l10n.t("Its code, data and config are written into this folder, as the run had them"),
    suggested: beside(root, run.name),
  });
  const title = vscode.l10n.t("Restoring {0}…", run.name);
  await tell(deps, at, await deps.chores.run(title, "restoreRun", { root, id: run.id, to }));
}

export async function restoreToWorktree(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const at = await pickRun(given, deps.projects, { title: vscode.l10n.t("Restore Run to New Worktree") });
  const { root, run } = at;
  const details = await deps.projects.call("getRun", { root, id: run.id });
  if (details?.run.snapshot.code.head == null) {
    throw new UserError(
      vscode.l10n.t("{0} ran outside of a git repository. Restore it to a folder instead.", run.name),
    );
  }
  const to = await pickNewFolder({
    title: vscode.l10n.t("Restore {0} to a New Worktree", run.name),
    prompt: vscode.l10n.t(
      "A git worktree of this repository, with the run's code as uncommitted changes on the commit it ran on",
    ),
    suggested: beside(root, run.name),
  });
  const title = vscode.l10n.t("Restoring {0}…", run.name);
  await tell(deps, at, await deps.chores.run(title, "restoreWorktree", { root, id: run.id, to }));
}

/** A folder next to the project: inside of it, runs would take it for theirs. */
const beside = (root: string, name: string) =>
  path.join(path.dirname(root), `${path.basename(root)}-${name.replace(/[\\/:*?"<>|\s]+/g, "-")}`);

async function tell({ reports }: CommandDeps, { root, run }: RunAt, report: RestoreReport): Promise<void> {
  const open = vscode.l10n.t("Open in New Window");
  const details = vscode.l10n.t("Show Details");
  const files = Object.values(report.written).reduce((sum, { files }) => sum + files, 0);
  const missing = report.problems.length + report.gaps.length;
  const text = report.exact
    ? vscode.l10n.t("{0} is restored exactly: {1} files in {2}.", run.name, files.toLocaleString(), report.folder)
    : vscode.l10n.t(
        "{0} is restored but for what the details name ({1}): {2} files in {3}.",
        run.name,
        missing.toLocaleString(),
        files.toLocaleString(),
        report.folder,
      );
  const show = report.exact ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const chosen = await show(text, ...(report.exact ? [open] : [details, open]));
  if (chosen === open) {
    const options = { forceNewWindow: true };
    await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(report.folder), options);
  } else if (chosen === details) {
    await (await reports()).openEvent(root, vscode.l10n.t("Restored {0}", run.name), restoreReport(run.name, report));
  }
}

/**
 * Opens what differs, the run's files at the left and the workspace's at the right, where VS Code's arrows take a change over
 * and Undo takes it back. Files that are no longer there are created on request, in one step that can be undone.
 */
export async function bringIntoWorkspace(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const { projects } = deps;
  const { root, run } = await pickRun(given, projects, { title: vscode.l10n.t("Bring Code into the Workspace") });
  const code = (await projects.call("getRun", { root, id: run.id }))?.run.snapshot.code;
  const found = await withCancel(vscode.l10n.t("Comparing code…"), (signal) =>
    projects.call("codeChanges", { root, from: run.id, to: null }, signal),
  );
  // What came since then is not the run's to take away.
  const ofRun = found.filter(({ kind }) => kind !== "added");
  const before = (file: string) => recordedFileUri(root, run, { kind: "code", path: file, sha256: null });
  const now = (file: string) => vscode.Uri.file(path.join(code?.root ?? root, file));
  await showChanges(vscode.l10n.t("{0} → workspace", run.name), ofRun, before, now);
  const gone = ofRun.flatMap(({ kind, path: file, from }) =>
    kind === "deleted" ? [file] : kind === "renamed" && from !== null ? [from] : [],
  );
  if (ofRun.length === 0) return;
  const bring =
    gone.length === 1 ? vscode.l10n.t("Create {0}", gone[0]!) : vscode.l10n.t("Create {0} Files", gone.length);
  const hint = vscode.l10n.t(
    "The arrow beside a change takes over what {0} had; nothing is changed until then.",
    run.name,
  );
  const missing =
    gone.length === 0
      ? ""
      : vscode.l10n.t(" Files of the run that are no longer there: {0}.", gone.slice(0, 5).join(", "));
  const chosen = await vscode.window.showInformationMessage(hint + missing, ...(gone.length > 0 ? [bring] : []));
  if (chosen === bring)
    await createFiles(
      deps,
      gone.map((file) => ({ from: before(file), to: now(file) })),
    );
}

async function createFiles({ files }: CommandDeps, wanted: { from: vscode.Uri; to: vscode.Uri }[]): Promise<void> {
  const recorded = await files();
  const edit = new vscode.WorkspaceEdit();
  for (const { from, to } of wanted) {
    edit.createFile(to, { contents: await recorded.readFile(from), overwrite: false, ignoreIfExists: true });
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new UserError(vscode.l10n.t("The files could not be created."));
}

/** One file: written where it is missing; where there is another, the two are shown side by side. */
export async function restoreFile(deps: CommandDeps, node: unknown): Promise<void> {
  const from = recordedUri(node);
  if (!isNode(node) || node.kind !== "file") return;
  const { root, run, entry } = node;
  const code = (await deps.projects.call("getRun", { root, id: run.run.id }))?.run.snapshot.code;
  const base = entry.file.kind === "code" ? (code?.root ?? root) : root;
  const to = path.resolve(base, entry.file.path);
  const name = path.basename(to);
  if (existsSync(to)) {
    const title = vscode.l10n.t("{0} ({1} → workspace)", name, run.run.name);
    await vscode.commands.executeCommand("vscode.diff", from, vscode.Uri.file(to), title);
    return;
  }
  const file = pathInProject(root, to);
  // Outside of the project, the user says where it goes.
  if (path.isAbsolute(file)) return vscode.commands.executeCommand(Command.saveFile, node);
  const title = vscode.l10n.t("Restoring {0}…", name);
  const argument = { root, id: run.run.id, path: file, to, written: entry.file.written ?? false };
  await deps.chores.run(title, "restoreFile", argument);
  const open = vscode.l10n.t("Open");
  const text = vscode.l10n.t("{0} is back, as {1} had it.", entry.file.path, run.run.name);
  const chosen = await vscode.window.showInformationMessage(text, open);
  if (chosen === open) await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(to));
}
