/** What can be done with models and their versions. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { GateVerdict } from "../../domain/gate";
import { ownTags } from "../../domain/tags";
import { parseTags } from "../../protocol/tags";
import { joinWords } from "../../protocol/words";
import type { CommandDeps } from "../commands/deps";
import { Command } from "../contributions";
import { askTrust } from "../deployments/askTrust";
import { cardUri } from "../documents/uris";
import { runInTerminal } from "../run/commandTask";
import { requireTrust } from "../run/launcher";
import { CHALLENGER, CHAMPION, versionLabel } from "./describeModel";
import { isModelNode } from "./nodes";
import { addressOf, chosen, pickModel, pickVersion, type VersionAt } from "./pickVersion";

type Deps = Pick<CommandDeps, "context" | "projects" | "reports">;

/** Gates run in a terminal: they take their time, and say what they do. */
export async function promote(deps: Deps, given: unknown, override?: string): Promise<void> {
  requireTrust();
  const { projects } = deps;
  const version = await pickVersion(given, projects, vscode.l10n.t("Promote to Champion"));
  await askTrust(projects, version);
  const name = addressOf(version);
  const words = ["models", "promote", ...(override === undefined ? [] : [`--override=${override}`]), "--", name];
  const since = Date.now();
  const code = await runInTerminal(deps, { title: vscode.l10n.t("Promote {0}", name), words, cwd: version.root });
  if (code === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("{0} is {1} now.", name, CHAMPION));
  } else if (code !== undefined) await offerOverride(deps, version, since, override);
}

/** `since`: what gates found before says nothing of this try. */
async function offerOverride(deps: Deps, version: VersionAt, since: number, given: string | undefined): Promise<void> {
  const { gates } = await deps.projects.call("versionDetails", version);
  const isBad = (verdict: GateVerdict) => verdict === "failed" || verdict === "error";
  const held = gates.filter(({ verdict, step, time }) => step === "promote" && time >= since && isBad(verdict));
  const name = addressOf(version);
  if (held.length === 0 || given !== undefined) {
    void vscode.window.showErrorMessage(vscode.l10n.t("{0} was not promoted. The terminal says why.", name));
    return;
  }
  const said = held.map(({ gate, summary }) => `${gate}: ${summary}`).join("\n");
  const reason = await askOverride(vscode.l10n.t("Gates hold {0} back.", name), said, vscode.l10n.t("Promote Anyway…"));
  if (reason !== undefined) await promote(deps, version, reason);
}

/** Why something is done though gates fail; undefined: it is not done. */
export async function askOverride(text: string, detail: string, action: string): Promise<string | undefined> {
  if ((await vscode.window.showWarningMessage(text, { modal: true, detail }, action)) !== action) return undefined;
  const reason = await vscode.window.showInputBox({
    title: action,
    prompt: vscode.l10n.t("Why, although gates fail? The reason goes into the audit log."),
    ignoreFocusOut: true,
    validateInput: (typed) => (typed.trim() === "" ? vscode.l10n.t("A reason is needed.") : undefined),
  });
  return reason?.trim() || undefined;
}

/** In a terminal, which shows each as it is found out; what they found is kept. */
export async function runGates(deps: Deps, given: unknown): Promise<void> {
  requireTrust();
  const version = await pickVersion(given, deps.projects, vscode.l10n.t("Run Gates"));
  await askTrust(deps.projects, version);
  const name = addressOf(version);
  const words = ["gates", "--", name];
  await runInTerminal(deps, { title: vscode.l10n.t("Gates of {0}", name), words, cwd: version.root });
}

export async function demote({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const { root, model } = await pickModel(given, projects, vscode.l10n.t("Demote the Champion"));
  const { now } = await projects.call("demoteModel", { root, model, alias: CHAMPION });
  const text =
    now === null
      ? vscode.l10n.t("{0} has no {1} any more.", model, CHAMPION)
      : vscode.l10n.t("Version {0} of {1} is {2} again.", now, model, CHAMPION);
  void vscode.window.showInformationMessage(text);
}

export async function setAlias({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const version = await pickVersion(given, projects, vscode.l10n.t("Set Alias"));
  const alias = await vscode.window.showInputBox({
    title: vscode.l10n.t("Alias of {0}", addressOf(version)),
    prompt: vscode.l10n.t("A version that has it now loses it. No gate is asked: Promote to Champion does that."),
    value: CHALLENGER,
    validateInput: (text) =>
      /^[\p{L}\p{N}_-]+$/u.test(text) ? undefined : vscode.l10n.t("Use letters, digits, “_” and “-”."),
  });
  await projects.call("setModelAlias", { ...version, alias: chosen(alias) });
}

/** The alias is taken from the model; Demote Champion gives it back to the version that had it before. */
export async function removeAlias({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const title = vscode.l10n.t("Remove Alias");
  const version = await pickVersion(given, projects, title, ({ aliases }) => aliases.length > 0);
  const { root, model } = version;
  const aliases = (await projects.call("modelVersion", version))?.aliases ?? [];
  if (aliases.length === 0) throw new UserError(vscode.l10n.t("{0} has no alias.", addressOf(version)));
  const alias = chosen(
    await vscode.window.showQuickPick(aliases, {
      title: vscode.l10n.t("Remove Which Alias of {0}?", addressOf(version)),
    }),
  );
  await projects.call("removeModelAlias", { root, model, alias });
}

export async function archive({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const version = await pickVersion(given, projects, vscode.l10n.t("Archive"));
  const view = await projects.call("modelVersion", version);
  const served = view?.served.map(({ deployment }) => deployment) ?? [];
  if (served.length > 0) {
    const text = vscode.l10n.t(
      "{0} is served by {1}, which goes on. Archive it?",
      addressOf(version),
      served.join(", "),
    );
    const action = vscode.l10n.t("Archive Anyway");
    if ((await vscode.window.showWarningMessage(text, { modal: true }, action)) !== action) return;
  }
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t("Archive {0}", addressOf(version)),
    prompt: vscode.l10n.t("Why? It keeps its files and loses its aliases. The reason goes into the audit log."),
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("A reason is needed.") : undefined),
  });
  await projects.call("archiveModel", { ...version, reason: chosen(reason), evenDeployed: served.length > 0 });
}

export async function unarchive({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const title = vscode.l10n.t("Take Back from the Archive");
  await projects.call("unarchiveModel", await pickVersion(given, projects, title, ({ stage }) => stage === "Archived"));
}

/** Of a model, or of a version. */
export async function editDescription({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const { at, name, description } = await describedBy(projects, given, vscode.l10n.t("Edit Description"));
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Description of {0}", name),
    value: description,
  });
  if (typed !== undefined) await projects.call("describeModel", { ...at, description: typed });
}

export async function editTags({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const { at, name, tags } = await describedBy(projects, given, vscode.l10n.t("Edit Tags"));
  // Ours say why a version was archived, and the like.
  const own = Object.fromEntries(Object.entries(ownTags(tags)).filter(([key]) => !key.startsWith("modeltrail.")));
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Tags of {0}", name),
    prompt: vscode.l10n.t("key=value, with spaces between tags; quotes around values with spaces"),
    value: joinWords(Object.entries(own).map(([key, value]) => `${key}=${value}`)),
    validateInput: (text) => (parseTags(text) ? undefined : vscode.l10n.t("Write tags as key=value.")),
  });
  if (typed === undefined) return;
  const removed = Object.fromEntries(Object.keys(own).map((key) => [key, null]));
  await projects.call("setModelTags", { ...at, tags: { ...removed, ...parseTags(typed) } });
}

async function describedBy(projects: Deps["projects"], given: unknown, title: string) {
  if (isModelNode(given)) {
    const { name, description, tags } = given.model;
    return { at: { root: given.root, model: name, version: null }, name, description, tags };
  }
  const at = await pickVersion(given, projects, title, () => true);
  const view = await projects.call("modelVersion", at);
  return { at, name: addressOf(at), description: view?.description ?? "", tags: view?.tags ?? {} };
}

/** What changed between the runs that made them. */
export async function compareVersions({ projects }: Deps, given: unknown): Promise<void> {
  const first = await pickVersion(given, projects, vscode.l10n.t("Compare Versions"), ({ run }) => run !== null);
  const { root, model } = first;
  const other = ({ version, run }: { version: number; run: unknown }) => run !== null && version !== first.version;
  const title = vscode.l10n.t("Compare {0} With", versionLabel(first));
  const modelNode = { kind: "model", id: "", root, parent: undefined, model: { name: model } };
  const second = await pickVersion(modelNode, projects, title, other);
  const views = await Promise.all([first, second].map((one) => projects.call("modelVersion", one)));
  const runs = views.flatMap((view) => (view?.run ? [{ root, id: view.run.id }] : [])).reverse();
  await vscode.commands.executeCommand(Command.compareRuns, runs[0], runs);
}

export async function showCard({ projects, reports }: Deps, given: unknown): Promise<void> {
  const { root, model, version } = await pickVersion(given, projects, vscode.l10n.t("Show Model Card"), () => true);
  const name = vscode.l10n.t("Model Card of {0} {1}", model, version);
  await (await reports()).open({ kind: "card", root, model, version }, name);
}

/** As a file: what is saved is kept with the version. */
export async function editCard({ projects }: Deps, given: unknown): Promise<void> {
  requireTrust();
  const at = await pickVersion(given, projects, vscode.l10n.t("Edit Model Card"), () => true);
  const { root, model, version } = at;
  await vscode.window.showTextDocument(cardUri({ root, model, version }), { preview: false });
}
