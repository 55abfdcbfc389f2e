/** Import Runs From…: the palette's way to what the offer for a project's own folder does, and to all other places. */
import { homedir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { findInterpreter } from "../run/interpreter";
import { findPlaces, importRunsOf, type Place, type Source } from "../trackers/importPlaces";
import { serverAddress } from "../trackers/serverAddress";
import type { CommandDeps } from "./deps";
import { pickProject } from "./shareRuns";

interface SourceItem extends vscode.QuickPickItem {
  choose?: () => Promise<Source | undefined>;
}

/** Kinds that nothing but their own Python package can read. */
const NEEDS_PYTHON = "aim";

export async function importFrom(deps: CommandDeps): Promise<void> {
  const { context, projects, log } = deps;
  const distFolder = path.join(context.extensionPath, "dist");
  const root = await pickProject(projects, vscode.l10n.t("Import Runs Into"));
  const find = (source: string) => findPlaces(distFolder, root, source);
  // Nothing to import in the project itself is no reason to stop.
  const inProject = await find(root).catch((): Place[] => []);

  async function toSource(source: string, places: readonly Place[], kind?: string): Promise<Source> {
    const needsPython = places.some((place) => place.kind === NEEDS_PYTHON);
    const python = needsPython ? (await findInterpreter(vscode.Uri.file(root), log)).executable : undefined;
    return { source, ...(kind ? { kind } : {}), ...(python ? { python } : {}) };
  }
  const items: SourceItem[] = [
    ...placeItems(root, inProject, toSource),
    { kind: vscode.QuickPickItemKind.Separator, label: vscode.l10n.t("elsewhere") },
    {
      label: vscode.l10n.t("MLflow Server…"),
      iconPath: new vscode.ThemeIcon("globe"),
      detail: vscode.l10n.t("All experiments of a tracking server, with their artifacts"),
      choose: async () => {
        const server = await serverAddress(context.workspaceState, vscode.l10n.t("Import Runs From an MLflow Server"));
        return server ? { source: server.url, kind: "mlflow-server", env: server.env } : undefined;
      },
    },
    {
      label: vscode.l10n.t("Folder…"),
      iconPath: new vscode.ThemeIcon("folder-opened"),
      detail: vscode.l10n.t("A project or folder with runs of MLflow, DVC, TensorBoard, W&B or Aim"),
      choose: async () => {
        const folder = await browse(root, { canSelectFolders: true, canSelectFiles: false });
        return folder ? toSource(folder, await find(folder)) : undefined;
      },
    },
    {
      label: vscode.l10n.t("Database…"),
      iconPath: new vscode.ThemeIcon("database"),
      detail: vscode.l10n.t("MLflow's mlflow.db, or the database of a Trackio project"),
      choose: async () => {
        const file = await browse(root, { filters: { [vscode.l10n.t("Database")]: ["db", "sqlite", "sqlite3"] } });
        return file ? toSource(file, []) : undefined;
      },
    },
  ];
  const title = vscode.l10n.t("Import Runs From");
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
  const source = await picked?.choose?.();
  if (source) await importRunsOf(distFolder, root, source);
}

type ToSource = (source: string, places: readonly Place[], kind?: string) => Promise<Source>;

function placeItems(root: string, places: readonly Place[], toSource: ToSource): SourceItem[] {
  const items = places.map((place): SourceItem => {
    const { kind, title, location, imported } = place;
    const detail = imported ? vscode.l10n.t("Imported before: what is new there is added") : undefined;
    return {
      label: title,
      description: path.relative(root, location) || path.basename(root),
      iconPath: new vscode.ThemeIcon("folder"),
      ...(detail ? { detail } : {}),
      choose: () => toSource(location, [place], kind),
    };
  });
  const all: SourceItem = {
    label: vscode.l10n.t("All of These"),
    iconPath: new vscode.ThemeIcon("folder"),
    choose: () => toSource(root, places),
  };
  if (items.length === 0) return [];
  const heading = { kind: vscode.QuickPickItemKind.Separator, label: vscode.l10n.t("in {0}", path.basename(root)) };
  return [heading, ...items, ...(items.length > 1 ? [all] : [])];
}

async function browse(root: string, options: vscode.OpenDialogOptions): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    ...options,
    title: vscode.l10n.t("Import Runs From"),
    openLabel: vscode.l10n.t("Import"),
    defaultUri: vscode.Uri.file(root || homedir()),
  });
  return picked?.[0]?.fsPath;
}
