/** From a run to a version of a model. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { oneLine } from "../../domain/oneLine";
import { pickRun, type RunAt } from "../commands/pickRuns";
import { requireTrust } from "../run/launcher";
import type { Projects } from "../stores/projects";
import type { RunModel, RunModels } from "../worker/models/api";
import { chosen, type VersionAt } from "./pickVersion";

/** Asks which of the run's models, when it has several, and what it is to be called. */
export async function registerModel(projects: Projects, given: readonly unknown[]): Promise<VersionAt> {
  requireTrust();
  const { root, run } = await pickRun(given, projects, {
    title: vscode.l10n.t("Register Model: Choose a Run"),
    query: { status: ["finished", "failed", "killed", "lost"] },
  });
  const found = await projects.call("modelsOfRun", { root, run: run.id });
  const artifact = await askModel(found.models, run.name);
  const name = await askName(found);
  const { isNew, ...version } = await projects.call("registerModel", { root, run: run.id, artifact, name });
  const text = isNew
    ? vscode.l10n.t("Registered version {0} of {1}.", version.version, version.model)
    : vscode.l10n.t("This is version {0} of {1} already.", version.version, version.model);
  void vscode.window.showInformationMessage(text);
  return { root, ...version };
}

/** Registers the best model of the run unless that was done, asking nothing. */
export async function versionOfRun(projects: Projects, { root, run }: RunAt): Promise<VersionAt> {
  const { versions } = await projects.call("modelsOfRun", { root, run: run.id });
  const version = versions[0] ?? (await projects.call("registerModel", { root, run: run.id }));
  return { root, model: version.model, version: version.version };
}

async function askModel(models: readonly RunModel[], run: string): Promise<string> {
  const [first] = models;
  if (!first) {
    throw new UserError(
      vscode.l10n.t(
        "The run {0} has no model that can be served. Let it write one (joblib, pickle, skops, XGBoost, LightGBM, ONNX, TorchScript), or log one with MLflow.",
        run,
      ),
    );
  }
  if (models.length === 1) return first.path;
  const items = models.map(({ path, flavour, modelFormat }) => ({
    label: oneLine(path),
    description: flavour === modelFormat ? flavour : `${flavour}, ${modelFormat}`,
    path,
  }));
  const title = vscode.l10n.t("Register Model: Which One of {0}", oneLine(run));
  return chosen(await vscode.window.showQuickPick(items, { title, matchOnDescription: true })).path;
}

async function askName({ name, names }: RunModels): Promise<string> {
  const title = vscode.l10n.t("Register Model: As a Version Of");
  const known = names.includes(name) ? [name, ...names.filter((one) => one !== name)] : names;
  if (known.length > 0) {
    const another = { label: vscode.l10n.t("$(add) New Model…"), name: undefined, alwaysShow: true };
    const items = [...known.map((one) => ({ label: oneLine(one), name: one })), another];
    const picked = chosen(await vscode.window.showQuickPick<(typeof items)[number]>(items, { title }));
    if (picked.name !== undefined) return picked.name;
  }
  const typed = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t("The name of a new model"),
    value: names.includes(name) ? "" : name,
    validateInput: (text) =>
      text.trim() === "" || /[/:@]/.test(text)
        ? vscode.l10n.t("A name is not empty, and has no “/”, “:” and “@” in it.")
        : undefined,
  });
  return chosen(typed).trim();
}
