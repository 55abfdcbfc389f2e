/** Where a file or a run's results came from, and what depends on them. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { isVersionNode } from "../data/nodes";
import { isNode } from "../tree/nodes";
import { shortVersion } from "../tree/sections";
import type { CommandDeps } from "./deps";
import { fileFrom } from "./openRuns";
import { pathInProject } from "./pathInProject";
import { runsFromMenu } from "./pickRuns";

/** Of a file in the explorer or in an editor, a file of a run, or a run. */
export async function showLineage({ lineage, projects }: CommandDeps, given: readonly unknown[]): Promise<void> {
  const [target] = given;
  if (isNode(target) && target.kind === "file") {
    const { root, entry } = target;
    const { path: file, sha256 } = entry.file;
    return lineage.show({ root, title: file, of: { path: file, sha256: sha256 ?? undefined } });
  }
  if (isVersionNode(target)) {
    const { root, version, parent } = target;
    const { name } = parent.dataset;
    const title = `${name} ${shortVersion(version.version)}`;
    return lineage.show({ root, title, of: { dataset: name, version: version.version } });
  }
  const [at] = runsFromMenu(given);
  if (at) return lineage.show({ root: at.root, title: at.run.name, of: { run: at.run.id } });
  const file = fileFrom(target).fsPath;
  const { root } = await projects.ensure(path.dirname(file));
  const name = pathInProject(root, file);
  if ((await vscode.workspace.fs.stat(vscode.Uri.file(file))).type === vscode.FileType.Directory) {
    throw new UserError(vscode.l10n.t("Lineage is told of files: choose one in this folder."));
  }
  await lineage.show({ root, title: name, of: { path: name } });
}
