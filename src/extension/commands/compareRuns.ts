/** What changed: the code in VS Code's own diff editors, all of it as a document. */
import path from "node:path";
import * as vscode from "vscode";
import type { CodeChange } from "../../domain/comparison";
import { UserError } from "../../domain/errors";
import { Command } from "../contributions";
import { recordedFileUri } from "../documents/uris";
import { withCancel } from "../progress";
import { requireTrust } from "../run/launcher";
import { isNode } from "../tree/nodes";
import type { CommandDeps } from "./deps";
import { fileFrom, recordedUri, versionOf } from "./openRuns";
import { pickRun, type RunAt, runItem, runsGiven } from "./pickRuns";

/** Where a file of one side of a comparison is. */
type Side = (file: string) => vscode.Uri;

export function registerCompareRuns({ projects, tree, reports, register }: CommandDeps): vscode.Disposable {
  const details = async ({ root, run }: RunAt) => (await projects.call("getRun", { root, id: run.id }))?.run;

  /** The code may be large, or git slow. */
  const changes = (root: string, from: string, to: string | null): Promise<CodeChange[]> =>
    withCancel(vscode.l10n.t("Comparing code…"), (signal) => projects.call("codeChanges", { root, from, to }, signal));

  async function compareRuns(given: readonly unknown[]): Promise<void> {
    const runs = (await severalRuns(given)).toSorted((a, b) => a.run.startTime - b.run.startTime);
    if (new Set(runs.map(({ root }) => root)).size > 1) {
      throw new UserError(vscode.l10n.t("These runs belong to different projects, so they cannot be compared."));
    }
    await showDifferences(runs);
  }

  /** The document of what differs; over it, of two runs, the code that does. */
  async function showDifferences(runs: RunAt[]): Promise<void> {
    const [before, after] = runs as [RunAt, RunAt];
    const title = runs.map(({ run }) => run.name).join(" ↔ ");
    await openReport(before.root, runs, false, title);
    if (runs.length > 2) return;
    await showChanges(
      title,
      await changes(before.root, before.run.id, after.run.id),
      codeSide(before),
      codeSide(after),
    );
  }

  async function openReport(root: string, runs: RunAt[], workspace: boolean, title: string): Promise<void> {
    const ids = runs.map(({ run }) => run.id);
    const name = runs.length > 3 ? vscode.l10n.t("{0} runs", runs.length) : title;
    await (await reports()).open({ kind: "runs", root, ids, workspace }, name);
  }

  async function severalRuns(given: readonly unknown[]): Promise<RunAt[]> {
    const fromMenu = await runsGiven(given, projects);
    if (fromMenu.length >= 2) return fromMenu;
    const chosen = await chosenRuns();
    const [only] = fromMenu;
    const isChosen = !only || chosen.some(({ run }) => run.id === only.run.id);
    if (isChosen && chosen.length >= 2) return chosen;
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

  async function compareWithPrevious(given: readonly unknown[]): Promise<void> {
    const at = await pickRun(given, projects, { title: vscode.l10n.t("What Changed Since the Run Before") });
    const since = (await projects.call("getRun", { root: at.root, id: at.run.id }))?.since;
    if (!since) throw new UserError(vscode.l10n.t("{0} is the first run of its script.", at.run.name));
    const [before] = await projects.call("getSummaries", { root: at.root, ids: [since.id] });
    if (before) await showDifferences([{ root: at.root, run: before }, at]);
  }

  /** From the title of the document. */
  async function compareCode(given: unknown): Promise<void> {
    const { parseReportUri } = await import("../documents/parseUri");
    const address = given instanceof vscode.Uri ? parseReportUri(given) : undefined;
    if (address?.kind !== "runs") throw new UserError(vscode.l10n.t("Open a comparison of runs, then try again."));
    const { root, ids, workspace } = address;
    await projects.ensure(root);
    const found = await projects.call("getSummaries", { root, ids });
    const runs = ids.flatMap((id) => found.find((run) => run.id === id) ?? []).map((run): RunAt => ({ root, run }));
    if (workspace && runs.length === 1) return compareCodeWithWorkspace(runs[0]!);
    const [before, ...others] = runs as [RunAt, ...RunAt[]];
    const after = others.length === 1 ? others[0]! : await pickAmong(before, others);
    const title = `${before.run.name} ↔ ${after.run.name}`;
    await showChanges(title, await changes(root, before.run.id, after.run.id), codeSide(before), codeSide(after));
  }

  async function pickAmong(before: RunAt, others: RunAt[]): Promise<RunAt> {
    const title = vscode.l10n.t("Compare the Code of {0} with…", before.run.name);
    const picked = await vscode.window.showQuickPick(others.map(runItem), { title });
    if (!picked) throw new vscode.CancellationError();
    return picked;
  }

  async function compareRunWithWorkspace(given: readonly unknown[]): Promise<void> {
    requireTrust();
    const at = await pickRun(given, projects, { title: vscode.l10n.t("What Changed Since…") });
    await openReport(at.root, [at], true, vscode.l10n.t("{0} ↔ now", at.run.name));
    await compareCodeWithWorkspace(at);
  }

  async function compareCodeWithWorkspace(at: RunAt): Promise<void> {
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
    register(Command.compareWithPrevious, "compare the runs", (...given) => compareWithPrevious(given)),
    register(Command.compareCode, "compare the code", compareCode),
    register(Command.showAlsoSame, "show what is the same", async (given) => {
      if (given instanceof vscode.Uri) await (await reports()).toggleWhole(given);
    }),
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
export async function showChanges(title: string, found: CodeChange[], before: Side, after: Side): Promise<void> {
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
