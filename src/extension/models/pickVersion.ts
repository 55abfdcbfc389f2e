/** Which model or version a command is about: what a menu handed over, else what is picked from a list. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { oneLine } from "../../domain/oneLine";
import type { Projects } from "../stores/projects";
import type { VersionAddress, VersionView } from "../worker/models/api";
import { modelDescription, versionDescription, versionLabel } from "./describeModel";
import { isModelNode, isModelVersionNode } from "./nodes";

export interface VersionAt extends VersionAddress {
  root: string;
}

export interface ModelAt {
  root: string;
  model: string;
}

const MOST_LISTED = 200;

export const noModels = () =>
  new UserError(vscode.l10n.t("There are no models yet. Register one from a run: Modeltrail: Register Model…"));

/** Undefined when the menu belongs to something else. */
export function versionFromMenu(given: unknown): VersionAt | undefined {
  if (!isModelVersionNode(given)) return isVersionAt(given) ? given : undefined;
  const { root, version } = given;
  return { root, model: version.model, version: version.version };
}

/** Links and other views refer to versions so. */
function isVersionAt(value: unknown): value is VersionAt {
  if (typeof value !== "object" || value === null || "kind" in value) return false;
  const { root, model, version } = value as Partial<VersionAt>;
  return typeof root === "string" && typeof model === "string" && typeof version === "number";
}

export async function pickModel(given: unknown, projects: Projects, title: string): Promise<ModelAt> {
  if (isModelNode(given)) return { root: given.root, model: given.model.name };
  const version = versionFromMenu(given);
  if (version) return version;
  await projects.ready();
  const lists = await Promise.all(
    projects.all.map(async ({ root }) => {
      const { models } = await projects.call("listModels", { root, limit: MOST_LISTED });
      return models.map((model) => ({
        root,
        model: model.name,
        label: oneLine(model.name),
        description: oneLine(modelDescription(model, Date.now())),
      }));
    }),
  );
  const items = lists.flat();
  if (items.length === 0) throw noModels();
  if (items.length === 1) return items[0]!;
  return chosen(await vscode.window.showQuickPick(items, { title, matchOnDescription: true }));
}

/** `fits`: those that make sense here. */
export async function pickVersion(
  given: unknown,
  projects: Projects,
  title: string,
  fits: (version: VersionView) => boolean = ({ stage }) => stage !== "Archived",
): Promise<VersionAt> {
  const version = versionFromMenu(given);
  if (version) return version;
  const { root, model } = await pickModel(given, projects, title);
  const { versions } = await projects.call("listModelVersions", { root, model, limit: MOST_LISTED });
  const items = versions.filter(fits).map((one) => ({
    root,
    model,
    version: one.version,
    label: versionLabel(one),
    description: oneLine(versionDescription(one, Date.now())),
  }));
  if (items.length === 0) throw new UserError(vscode.l10n.t("{0} has no version that this could be done with.", model));
  if (items.length === 1) return items[0]!;
  return chosen(
    await vscode.window.showQuickPick(items, { title: `${title}: ${oneLine(model)}`, matchOnDescription: true }),
  );
}

/** Throws when nothing was. */
export function chosen<T>(picked: T | undefined): T {
  if (picked === undefined) throw new vscode.CancellationError();
  return picked;
}

/** As the command line takes it. */
export const addressOf = ({ model, version }: VersionAddress) => `${model}/${version}`;
