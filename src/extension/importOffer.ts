/** Offers, once in a window, to import the runs of other trackers that lie in a project and of which none is here. */
import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import type { Log } from "./log";
import type { Projects } from "./stores/projects";
import { findPlaces, importRunsOf } from "./trackers/importPlaces";

interface OfferDeps {
  distFolder: string;
  projects: Projects;
  memory: vscode.Memento;
  log: Log;
}

/** Roots of projects for which never to ask again. */
const NEVER = "modeltrail.import.never";
/** What trackers leave in a project's folder. Where there is none of it, no process is started to look closer. */
const TRACES = [
  "mlruns",
  "mlflow.db",
  "wandb",
  ".aim",
  ".dvc",
  "runs",
  "logs",
  "lightning_logs",
  "tb_logs",
  "tensorboard",
];

/** Looks at the projects that are open, and at others when they are. `settled`: the first look has come to its end. */
export function registerImportOffer(deps: OfferDeps): vscode.Disposable & { settled: Promise<unknown> } {
  const { projects, log } = deps;
  const asked = new Set<string>();
  const look = () => {
    const roots = projects.all.map(({ root }) => root).filter((root) => !asked.has(root));
    if (!vscode.workspace.isTrusted) return Promise.resolve();
    for (const root of roots) asked.add(root);
    const offers = roots.map((root) => offer(root, deps));
    return Promise.all(offers).catch((error) => log.error("offer to import runs", error));
  };
  const settled = look();
  const changes = projects.onDidChangeProjects(look);
  return { settled, dispose: () => changes.dispose() };
}

async function offer(root: string, deps: OfferDeps): Promise<void> {
  const { distFolder, memory } = deps;
  const never = memory.get<string[]>(NEVER, []);
  if (never.includes(root) || !TRACES.some((name) => existsSync(path.join(root, name)))) return;
  const found = await findRuns(root, deps);
  if (found.length === 0) return;
  const names = [...new Set(found)].join(", ");
  const choices = {
    import: vscode.l10n.t("Import"),
    later: vscode.l10n.t("Not Now"),
    never: vscode.l10n.t("Never for This Folder"),
  };
  const text = vscode.l10n.t("{0} has runs of another tracker ({1}). Import them, too?", path.basename(root), names);
  const chosen = await vscode.window.showInformationMessage(text, ...Object.values(choices));
  if (chosen === choices.never) await memory.update(NEVER, [...never, root]);
  if (chosen !== choices.import) return;
  await importRunsOf(distFolder, root, { source: root }).catch((error) => deps.log.show("import the runs", error));
}

/** Titles of the trackers of which nothing is imported; none when there is nothing, or one has been imported before. */
async function findRuns(root: string, { distFolder, log }: OfferDeps): Promise<string[]> {
  try {
    const places = await findPlaces(distFolder, root, root);
    return places.some(({ imported }) => imported) ? [] : places.map(({ title }) => title);
  } catch (error) {
    // As a rule that there is nothing to import: `runs` is a usual name for other things.
    log.channel.debug(`No runs of other trackers in ${root}: ${(error as Error).message}`);
    return [];
  }
}
