/** What changed: in VS Code's own diff editors. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { Command } from "../contributions";
import { recordedFileUri } from "../documents/uris";
import { withCancel } from "../progress";
import { isNode } from "../tree/nodes";
import type { CodeChange } from "../worker/api";
import type { CommandDeps } from "./deps";
import { fileFrom, recordedUri, versionOf } from "./openRuns";
import { pickRun, type RunAt, runsFromMenu } from "./pickRuns";

/** Where a file of one side of a comparison is. */
type Side = (file: string) => vscode.Uri;

export function registerCompareRuns({ projects, tree, register }: CommandDeps): vscode.Disposable {
  const details = async ({ root, run }: RunAt) => (await projects.call("getRun", { root, id: run.id }))?.run;

  /** The code may be large, or git slow. */
  const changes = (root: string, from: string, to: string | null): Promise<CodeChange[]> =>
    withCancel(vscode.l10n.t("Comparing code…"), (signal) => projects.call("codeChanges", { root, from, to }, signal));

  async function compareRuns(given: readonly unknown[]): Promise<void> {
    const [before, after] = (await twoRuns(given)).toSorted((a, b) => a.run.startTime - b.run.startTime) as [
      RunAt,
      RunAt,
    ];
    if (before.root !== after.root) {
      throw new UserError(vscode.l10n.t("These runs belong to different projects, so their code cannot be compared."));
    }
    const found = await changes(before.root, before.run.id, after.run.id);
    const title = `${before.run.name} ↔ ${after.run.name}`;
    await showChanges(title, found, codeSide(before), codeSide(after));
  }

  async function twoRuns(given: readonly unknown[]): Promise<RunAt[]> {
    const fromMenu = runsFromMenu(given);
    if (fromMenu.length === 2) return fromMenu;
    const chosen = await chosenRuns();
    const [only] = fromMenu;
    const isChosen = !only || chosen.some(({ run }) => run.id === only.run.id);
    if (fromMenu.length <= 1 && isChosen && chosen.length === 2) return chosen;
    if (fromMenu.length > 2 || (!only && chosen.length > 2)) {
      throw new UserError(
        vscode.l10n.t("Choose two runs to compare; {0} are chosen.", Math.max(fromMenu.length, chosen.length)),
      );
    }
    const first =
      only ?? chosen[0] ?? (await pickRun([], projects, { title: vscode.l10n.t("What Changed: First Run") }));
    const second = await pickRun([], projects, {
      title: vscode.l10n.t("What Changed: {0} and…", first.run.name),
      except: ({ root, run }) => run.id === first.run.id || root !== first.root,
      none: vscode.l10n.t("There is no other run to compare {0} with.", first.run.name),
    });
    return [first, second];
  }

  async function chosenRuns(): Promise<RunAt[]> {
    const found = await Promise.all(
      tree.chosen.all.map(async ({ root, id }) => {
        await projects.ensure(root);
        return (await projects.call("getSummaries", { root, ids: [id] })).map((run) => ({ root, run }));
      }),
    );
    return found.flat();
  }

  async function compareRunWithWorkspace(given: readonly unknown[]): Promise<void> {
    const at = await pickRun(given, projects, { title: vscode.l10n.t("What Changed Since…") });
    const code = (await details(at))?.snapshot.code;
    const found = await changes(at.root, at.run.id, null);
    const now: Side = (file) => vscode.Uri.file(path.join(code?.root ?? at.root, file));
    await showChanges(vscode.l10n.t("{0} ↔ now", at.run.name), found, codeSide(at), now);
  }

  /** A file element of the tree, or a file on disk and a run to be picked. */
  async function compareWithWorkspace(given: unknown): Promise<void> {
    if (isNode(given) && given.kind === "file") {
      const { root, run, entry } = given;
      const base = entry.file.kind === "code" ? (await details({ root, run: run.run }))?.snapshot.code.root : root;
      const file = vscode.Uri.file(path.resolve(base ?? root, entry.file.path));
      return diff(recordedUri(given), file, run.run.name, vscode.l10n.t("now"));
    }
    const file = fileFrom(given);
    const at = await pickRun([], projects, { title: vscode.l10n.t("Compare {0} with…", path.basename(file.fsPath)) });
    await diff(await versionOf(projects, at, file), file, at.run.name, vscode.l10n.t("now"));
  }

  async function compareWithRun(given: unknown): Promise<void> {
    if (!isNode(given) || given.kind !== "file")
      throw new UserError(vscode.l10n.t("Choose a file of a run in the Experiments view."));
    const { root, run, entry } = given;
    const other = await pickRun([], projects, {
      title: vscode.l10n.t("Compare {0} with…", entry.file.path),
      except: (found) => found.run.id === run.run.id || found.root !== root,
      none: vscode.l10n.t("There is no other run to compare {0} with.", run.run.name),
    });
    const sides = [
      { at: run.run, uri: recordedUri(given) },
      { at: other.run, uri: await sameFileIn(other, entry.file.kind, entry.file.path) },
    ].toSorted((a, b) => a.at.startTime - b.at.startTime);
    await diff(sides[0]!.uri, sides[1]!.uri, sides[0]!.at.name, sides[1]!.at.name);
  }

  async function sameFileIn(
    at: RunAt,
    kind: "code" | "data" | "config" | "artifact",
    file: string,
  ): Promise<vscode.Uri> {
    if (kind === "code") return recordedFileUri(at.root, at.run, { kind, path: file, sha256: null });
    const run = await details(at);
    const files = { data: run?.snapshot.data, config: run?.snapshot.config, artifact: run?.artifacts }[kind] ?? [];
    const found = files.find((candidate) => candidate.path === file);
    if (!found) throw new UserError(vscode.l10n.t("{0} has no {1}.", at.run.name, file));
    return recordedFileUri(at.root, at.run, { kind, path: file, sha256: found.sha256 });
  }

  return vscode.Disposable.from(
    register(Command.compareRuns, "compare the runs", (...given) => compareRuns(given)),
    // A view's title hands over the row that has the focus, which this is not about.
    register(Command.compareChosen, "compare the runs", () => compareRuns([])),
    register(Command.compareRunWithWorkspace, "compare the run with the workspace", (...given) =>
      compareRunWithWorkspace(given),
    ),
    register(Command.compareWithWorkspace, "compare the file", compareWithWorkspace),
    register(Command.compareWithRun, "compare the file", compareWithRun),
  );
}

const codeSide =
  ({ root, run }: RunAt): Side =>
  (file) =>
    recordedFileUri(root, run, { kind: "code", path: file, sha256: null });

async function diff(before: vscode.Uri, after: vscode.Uri, beforeName: string, afterName: string): Promise<void> {
  const title = `${path.posix.basename(after.path)} (${beforeName} ↔ ${afterName})`;
  await vscode.commands.executeCommand("vscode.diff", before, after, title);
}

/** One file in a diff editor, several in VS Code's multi-file one. */
async function showChanges(title: string, found: CodeChange[], before: Side, after: Side): Promise<void> {
  if (found.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("{0}: the code is the same.", title));
    return;
  }
  const [only] = found;
  if (found.length === 1 && only?.kind === "modified") {
    const label = `${path.posix.basename(only.path)} (${title})`;
    await vscode.commands.executeCommand("vscode.diff", before(only.path), after(only.path), label);
    return;
  }
  const resources = found.map(({ path: file, from, kind }) => {
    const [old, current] = [before(from ?? file), after(file)];
    // VS Code takes files with two paths for renamed ones; what our addresses mean is in their query.
    const original = kind === "modified" ? old.with({ path: current.path }) : old;
    return [current, kind === "added" ? undefined : original, kind === "deleted" ? undefined : current];
  });
  await vscode.commands.executeCommand("vscode.changes", title, resources);
}
