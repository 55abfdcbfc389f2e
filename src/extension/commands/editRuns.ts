/** Change what people say of runs, and delete them. */
import * as vscode from "vscode";
import { ownTags } from "../../domain/tags";
import { parseTags } from "../../protocol/tags";
import { joinWords } from "../../protocol/words";
import { Command } from "../contributions";
import { isNode } from "../tree/nodes";
import type { CommandDeps } from "./deps";
import { pickExperiment } from "./pickExperiment";
import { byRoot, pickRun, pickRuns, type RunAt } from "./pickRuns";

export function registerEditRuns({ projects, log, register }: CommandDeps): vscode.Disposable {
  async function rename(given: readonly unknown[]): Promise<void> {
    const { root, run } = await pickRun(given, projects, { title: vscode.l10n.t("Rename") });
    const name = await vscode.window.showInputBox({
      title: vscode.l10n.t("Rename {0}", run.name),
      value: run.name,
      validateInput: (value) => (value.trim() === "" ? vscode.l10n.t("A name has at least one letter.") : undefined),
    });
    if (name !== undefined) await projects.call("renameRun", { root, id: run.id, name });
  }

  async function editNote(given: readonly unknown[]): Promise<void> {
    const { root, run } = await pickRun(given, projects, { title: vscode.l10n.t("Edit Note") });
    const note = await vscode.window.showInputBox({ title: vscode.l10n.t("Note on {0}", run.name), value: run.note });
    if (note !== undefined) await projects.call("setNote", { root, id: run.id, note });
  }

  /** Of one run all tags are edited, to several runs tags are added. */
  async function editTags(given: readonly unknown[]): Promise<void> {
    const runs = await pickRuns(given, projects, { title: vscode.l10n.t("Edit Tags") });
    const only = runs.length === 1 ? runs[0]!.run : undefined;
    const text = await vscode.window.showInputBox({
      title: only ? vscode.l10n.t("Tags of {0}", only.name) : vscode.l10n.t("Add tags to {0} runs", runs.length),
      prompt: vscode.l10n.t("key=value, with spaces between tags; quotes around values with spaces"),
      value: only && joinWords(Object.entries(ownTags(only.tags)).map(([key, value]) => `${key}=${value}`)),
      validateInput: (value) => (parseTags(value) ? undefined : vscode.l10n.t("Write tags as key=value.")),
    });
    if (text === undefined) return;
    const removed = Object.fromEntries(Object.keys(ownTags(only?.tags ?? {})).map((key) => [key, null]));
    const tags = { ...removed, ...parseTags(text) };
    await Promise.all(byRoot(runs).map(({ root, ids }) => projects.call("setTags", { root, ids, tags })));
  }

  async function moveToExperiment(given: readonly unknown[]): Promise<void> {
    const runs = await pickRuns(given, projects, { title: vscode.l10n.t("Move to Experiment") });
    const experiment = await pickExperiment(projects, runs);
    if (experiment === undefined) return;
    await Promise.all(byRoot(runs).map(({ root, ids }) => projects.call("setExperiment", { root, ids, experiment })));
  }

  async function remove(given: readonly unknown[]): Promise<void> {
    const runs = await pickRuns(given, projects, {
      title: vscode.l10n.t("Delete Runs"),
      except: ({ run }) => run.status === "running",
    });
    await Promise.all(byRoot(runs).map((group) => projects.call("deleteRuns", group)));
    void offerUndo(runs).catch((error) => log.show("restore the runs", error));
  }

  async function offerUndo(runs: RunAt[]): Promise<void> {
    const undo = vscode.l10n.t("Undo");
    const text =
      runs.length === 1
        ? vscode.l10n.t("Deleted the run {0}.", runs[0]!.run.name)
        : vscode.l10n.t("Deleted {0} runs.", runs.length);
    if ((await vscode.window.showInformationMessage(text, undo)) === undo) await restore(runs);
  }

  const restore = (runs: RunAt[]) => Promise.all(byRoot(runs).map((group) => projects.call("restoreRuns", group)));

  async function restoreDeleted(): Promise<void> {
    const runs = await pickRuns([], projects, {
      title: vscode.l10n.t("Restore Deleted Runs"),
      query: { deleted: true },
      none: vscode.l10n.t("No run is deleted."),
    });
    await restore(runs);
  }

  async function setPinned(given: readonly unknown[], pinned: boolean): Promise<void> {
    const runs = await pickRuns(given, projects, {
      title: pinned ? vscode.l10n.t("Pin Runs") : vscode.l10n.t("Unpin Runs"),
      query: { pinned: !pinned },
      none: pinned ? vscode.l10n.t("Every run is pinned.") : vscode.l10n.t("No run is pinned."),
    });
    await Promise.all(byRoot(runs).map(({ root, ids }) => projects.call("setPinned", { root, ids, pinned })));
  }

  async function copyId(given: readonly unknown[]): Promise<void> {
    const runs = await pickRuns(given, projects, { title: vscode.l10n.t("Copy Run ID") });
    await vscode.env.clipboard.writeText(runs.map(({ run }) => run.id).join("\n"));
  }

  async function copyValue(node: unknown): Promise<void> {
    if (isNode(node) && node.kind === "field")
      await vscode.env.clipboard.writeText(node.entry.copy ?? node.entry.value);
  }

  return vscode.Disposable.from(
    register(Command.rename, "rename the run", (...given) => rename(given)),
    register(Command.editNote, "change the note", (...given) => editNote(given)),
    register(Command.editTags, "change the tags", (...given) => editTags(given)),
    register(Command.moveToExperiment, "move the run", (...given) => moveToExperiment(given)),
    register(Command.delete, "delete the run", (...given) => remove(given)),
    register(Command.restoreDeleted, "restore the runs", restoreDeleted),
    register(Command.pin, "pin the run", (...given) => setPinned(given, true)),
    register(Command.unpin, "unpin the run", (...given) => setPinned(given, false)),
    register(Command.copyId, "copy the id", (...given) => copyId(given)),
    register(Command.copyValue, "copy the value", copyValue),
  );
}
