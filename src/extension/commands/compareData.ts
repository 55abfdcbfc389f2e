/** What differs between versions of datasets: as a document, and file by file in VS Code's diff editor. */
import path from "node:path";
import * as vscode from "vscode";
import { tableFormatOf } from "../../compare/tables/tableFormat";
import type { DatasetFile } from "../../domain/datasetComparison";
import { UserError } from "../../domain/errors";
import { type ChangeNode, isChangeNode, isVersionNode, type VersionNode } from "../data/nodes";
import { parseReportUri } from "../documents/parseUri";
import { recordedFileUri } from "../documents/uris";
import { shortVersion } from "../tree/sections";
import type { CommandDeps } from "./deps";
import { openProjectFile } from "./projectFile";
import { pickProject } from "./shareRuns";

/** Two versions that are selected; of one, with the version before it or with one that is picked. */
export async function compareVersions(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const [clicked, selection] = given;
  const nodes = (Array.isArray(selection) && selection.includes(clicked) ? selection : [clicked]).filter(isVersionNode);
  const [first, second] = nodes;
  if (!first) throw new UserError(vscode.l10n.t("Choose a version in the Data view."));
  if (nodes.length > 2) throw new UserError(vscode.l10n.t("Choose two versions; {0} are selected.", nodes.length));
  const name = first.parent.dataset.name;
  if (second && (second.parent.dataset.name !== name || second.root !== first.root)) {
    throw new UserError(vscode.l10n.t("Versions of different datasets cannot be compared."));
  }
  const other = second ? second.version.version : await pickVersion(deps, first);
  const [before, after] = await inOrder(deps, first, other);
  const title = `${name} ${shortVersion(before)} → ${shortVersion(after)}`;
  await (await deps.reports()).open({ kind: "versions", root: first.root, name, before, after }, title);
}

async function versionsOf({ projects }: CommandDeps, { root, parent }: VersionNode) {
  const page = { limit: 1_000 };
  return (await projects.call("listDatasetVersions", { root, name: parent.dataset.name, page })).versions;
}

/** The one that was seen first comes first. */
async function inOrder(deps: CommandDeps, node: VersionNode, other: string): Promise<[string, string]> {
  const own = node.version;
  const seen = (await versionsOf(deps, node)).find(({ version }) => version === other)?.firstSeen ?? 0;
  return seen < own.firstSeen ? [other, own.version] : [own.version, other];
}

async function pickVersion(deps: CommandDeps, node: VersionNode): Promise<string> {
  const versions = (await versionsOf(deps, node)).filter(({ version }) => version !== node.version.version);
  const [first, ...others] = versions;
  if (!first) throw new UserError(vscode.l10n.t("{0} has no other version yet.", node.parent.dataset.name));
  if (others.length === 0) return first.version;
  const items = versions.map(({ version, lastSeen, files }) => ({
    version,
    label: shortVersion(version),
    description: vscode.l10n.t("{0} files, used last {1}", files.toLocaleString(), new Date(lastSeen).toLocaleString()),
    iconPath: new vscode.ThemeIcon("git-commit"),
    picked: version === node.previous,
  }));
  const title = vscode.l10n.t("Compare Version {0} with…", shortVersion(node.version.version));
  const picked = await vscode.window.showQuickPick(items, { title });
  if (!picked) throw new vscode.CancellationError();
  return picked.version;
}

/** A file that differs between two versions: a table in a document, others in the diff editor, one that came or went by itself. */
export async function compareDataFile(deps: CommandDeps, node: unknown): Promise<void> {
  if (!isChangeNode(node)) throw new UserError(vscode.l10n.t("Choose a changed file in the Data view."));
  const { root, change } = node;
  const { path: file, before, after } = change;
  if (!before || !after || before.sha256 === after.sha256) return openOne(deps, node, (after ?? before)!);
  if (tableFormatOf(file) === null) return compareDataText(deps, node);
  const { version, previous } = node.parent.parent;
  const title = `${path.posix.basename(file)} ${shortVersion(previous!)} → ${shortVersion(version.version)}`;
  const of = {
    name: node.parent.parent.parent.dataset.name,
    versions: [previous!, version.version] as [string, string],
  };
  const hashes = { before: before.sha256, after: after.sha256 };
  await (await deps.reports()).open({ kind: "tables", root, path: file, ...hashes, of }, title);
}

/** The two contents of a file in the diff editor: from the Data view, or from the title of a table's document. */
export async function compareDataText(deps: CommandDeps, given: unknown): Promise<void> {
  if (given instanceof vscode.Uri) {
    const address = parseReportUri(given);
    if (address.kind !== "tables") return;
    const { root, path: file, before, after, of } = address;
    await deps.projects.ensure(root);
    return diffContents(deps, root, file, of.name, of.versions, [before, after]);
  }
  if (!isChangeNode(given)) throw new UserError(vscode.l10n.t("Choose a changed file in the Data view."));
  const { before, after, path: file } = given.change;
  const { version, previous, parent } = given.parent.parent;
  if (!before || !after) return openOne(deps, given, (after ?? before)!);
  const versions: [string, string] = [previous!, version.version];
  await diffContents(deps, given.root, file, parent.dataset.name, versions, [before.sha256, after.sha256]);
}

async function diffContents(
  deps: CommandDeps,
  root: string,
  file: string,
  name: string,
  versions: [string, string],
  hashes: [string, string],
): Promise<void> {
  const uris = await Promise.all(
    versions.map((version, index) => recordedData(deps, root, name, version, { path: file, sha256: hashes[index]! })),
  );
  const title = `${path.posix.basename(file)} (${versions.map(shortVersion).join(" → ")})`;
  await vscode.commands.executeCommand("vscode.diff", ...uris, title);
}

async function openOne(deps: CommandDeps, { root, change, parent }: ChangeNode, file: DatasetFile): Promise<void> {
  const { version, previous, parent: dataset } = parent.parent;
  const of = change.after ? version.version : previous!;
  const uri = await recordedData(deps, root, dataset.dataset.name, of, file);
  await vscode.commands.executeCommand("vscode.open", uri);
}

/** The address of a file of a version: what is kept is read by its content, under the name of a run that used it. */
async function recordedData(
  { projects }: CommandDeps,
  root: string,
  name: string,
  version: string,
  file: Pick<DatasetFile, "path" | "sha256">,
) {
  const { runs } = await projects.call("runsOfDataset", { root, name, version, page: { limit: 1 } });
  const [run] = runs;
  if (!run) throw new UserError(vscode.l10n.t("No run with version {0} is left.", shortVersion(version)));
  return recordedFileUri(root, run, { kind: "data", path: file.path, sha256: file.sha256 });
}

const EXAMPLE = `# Datasets by name: each run notes the version of those that it read or wrote.
datasets:
  my-data:
    - data/**
`;

/** Opens the project's file where datasets are named, with an example where there is none yet. */
export async function nameDataset({ projects }: CommandDeps): Promise<void> {
  await openProjectFile(await pickProject(projects, vscode.l10n.t("Name a Dataset In")), "datasets", EXAMPLE);
}
