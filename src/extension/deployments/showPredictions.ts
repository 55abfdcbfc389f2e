/** The prediction log of a deployment as a document, of all versions or of one. */
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import { parseReportUri } from "../documents/parseUri";
import { chosen } from "../models/pickVersion";
import type { DeploymentAt } from "./changeDeployment";
import { isRouteNode } from "./nodes";
import { pickDeployment } from "./pickDeployment";

type Deps = Pick<CommandDeps, "projects" | "reports">;

/** Of a version that it is called on, else of all; of a document that is open, anew. */
export async function showPredictions(deps: Deps, given: unknown): Promise<void> {
  const shown = predictionsAt(given);
  if (shown) return open(deps, shown, shown.version);
  const at = await pickDeployment(given, deps.projects, vscode.l10n.t("Show Predictions"));
  await open(deps, at, isRouteNode(given) ? given.route.version : null);
}

/** Asks which version. */
export async function filterPredictions(deps: Deps, given: unknown): Promise<void> {
  const title = vscode.l10n.t("Show Predictions Of");
  const at = predictionsAt(given) ?? (await pickDeployment(given, deps.projects, title));
  const { counts } = await deps.projects.call("predictions", { root: at.root, name: at.name, version: null });
  const versions = [...new Set(counts.map(({ version }) => version))];
  const items = [
    { label: vscode.l10n.t("All Versions"), version: null },
    ...versions.map((version) => ({ label: vscode.l10n.t("Version {0}", version), version })),
  ];
  await open(deps, at, chosen(await vscode.window.showQuickPick(items, { title })).version);
}

/** The button of a document hands over its address. */
function predictionsAt(given: unknown): (DeploymentAt & { version: number | null }) | undefined {
  if (!(given instanceof vscode.Uri)) return undefined;
  const address = parseReportUri(given);
  return address.kind === "predictions" ? address : undefined;
}

async function open({ reports }: Deps, { root, name }: DeploymentAt, version: number | null): Promise<void> {
  const title =
    version === null
      ? vscode.l10n.t("Predictions of {0}", name)
      : vscode.l10n.t("Predictions of {0}, version {1}", name, version);
  await (await reports()).open({ kind: "predictions", root, name, version }, title);
}
