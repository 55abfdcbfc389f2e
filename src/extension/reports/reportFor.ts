/** The document of an address: what it tells is asked of the stores, long work as a chore. */
import path from "node:path";
import * as vscode from "vscode";
import { comparisonDocument } from "../../compare/document";
import { renderTableComparison } from "../../compare/tables/renderComparison";
import { UserError } from "../../domain/errors";
import { REPRODUCES_TAG } from "../../domain/verdictTags";
import type { MadeReport } from "../documents/uris";
import { escapeMarkdown } from "../markdown";
import type { Chores } from "../stores/chores";
import type { Projects } from "../stores/projects";
import { predictionsReport } from "./predictionsReport";
import { reproductionReport } from "./reproductionReport";
import { spaceReport } from "./spaceReport";
import { versionsReport } from "./versionsReport";

type Of<Kind extends MadeReport["kind"]> = Extract<MadeReport, { kind: Kind }>;

/** Markdown. `whole`: also what is the same. */
export async function reportFor(
  address: MadeReport,
  whole: boolean,
  projects: Projects,
  chores: Chores,
): Promise<string> {
  switch (address.kind) {
    case "runs":
      return ofRuns(address, whole, chores);
    case "versions":
      return ofVersions(address, chores);
    case "tables":
      return ofTables(address, chores);
    case "reproduction":
      return ofReproduction(address, projects);
    case "space":
      return spaceReport(await chores.run(vscode.l10n.t("Looking at what uses space…"), "spaceUsage", address));
    case "predictions":
      return predictionsReport(address, await projects.call("predictions", address));
    case "card":
      return projects.call("modelCard", address);
  }
}

async function ofRuns({ root, ids, workspace }: Of<"runs">, whole: boolean, chores: Chores): Promise<string> {
  const title = vscode.l10n.t("Comparing runs…");
  return comparisonDocument(await chores.run(title, "compareRuns", { root, ids, workspace, all: whole }));
}

async function ofVersions({ root, name, before, after }: Of<"versions">, chores: Chores): Promise<string> {
  const title = vscode.l10n.t("Comparing versions of {0}…", name);
  return versionsReport(name, await chores.run(title, "compareVersions", { root, before, after }));
}

async function ofTables({ root, path: file, before, after }: Of<"tables">, chores: Chores): Promise<string> {
  const title = vscode.l10n.t("Comparing {0}…", path.posix.basename(file));
  const comparison = await chores.run(title, "compareTables", { root, path: file, before, after });
  return `# ${escapeMarkdown(file)}\n\n${renderTableComparison(comparison, { style: "markdown" })}`;
}

async function ofReproduction({ root, id }: Of<"reproduction">, projects: Projects): Promise<string> {
  const [reproduction, [child]] = await Promise.all([
    projects.call("reproduction", { root, id }),
    projects.call("getSummaries", { root, ids: [id] }),
  ]);
  if (!child || !reproduction) throw new UserError(vscode.l10n.t("The verdict is no longer there."));
  const [run] = await projects.call("getSummaries", { root, ids: [child.tags[REPRODUCES_TAG] ?? reproduction.run] });
  return reproductionReport({ run: run?.name ?? reproduction.run.slice(0, 8), child: child.name }, reproduction);
}
