/** What the tests inside VS Code share. */
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import Mocha from "mocha";
import * as vscode from "vscode";
import type { RunSummary } from "../../src/domain/run";
import type { Internals } from "../../src/extension/extension";
import type { ExperimentsTreeProvider } from "../../src/extension/tree/experimentsTree";
import type { Node, RunNode } from "../../src/extension/tree/nodes";
import { DEFAULT_VIEW } from "../../src/extension/tree/viewState";

export interface TestInternals extends Omit<Internals, "tree"> {
  tree: ExperimentsTreeProvider;
}

export async function internals(): Promise<TestInternals> {
  const extension = vscode.extensions.getExtension<TestInternals>("modeltrail.modeltrail");
  const exported = await extension!.activate();
  assert.ok(exported, "the extension shows its internals only to tests");
  await exported.projects.ready();
  return exported;
}

/** The workspace folder, a fresh git repository. */
export const workspaceRoot = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

/** Polls until `condition` gives something; what it threw last is the reason when it never does. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  within = 45_000,
): Promise<T> {
  const deadline = Date.now() + within;
  let last: unknown;
  for (;;) {
    try {
      const found = await condition();
      if (found) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}. ${last ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Writes a script into the workspace; it is removed by `cleanUp`. */
export async function writeScript(name: string, lines: string[]): Promise<vscode.Uri> {
  const file = path.join(workspaceRoot(), name);
  await writeFile(file, `${lines.join("\n")}\n`);
  written.add(file);
  return vscode.Uri.file(file);
}
const written = new Set<string>();

export async function cleanUp(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  for (const file of written) await rm(file, { force: true });
  written.clear();
  const { tree } = await internals();
  tree.state = DEFAULT_VIEW;
  tree.chosen.set(tree.chosen.all, false);
}

/** The newest run of a script, once it is as asked. */
export function runOfScript(
  { projects }: TestInternals,
  script: string,
  isRight: (run: RunSummary) => boolean = () => true,
): Promise<RunSummary> {
  return until(`there is a run of ${script} as expected`, async () => {
    const root = workspaceRoot();
    const { runs } = await projects.call("listRuns", { root, query: { script, limit: 1 } });
    return runs[0] && isRight(runs[0]) ? runs[0] : undefined;
  });
}

export const hasEnded = (run: RunSummary) => run.status !== "running";

/** Starts a script as the Run button does. */
export async function startScript(script: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand("modeltrail.run", script);
}

/** Runs a script to its end and gives its run. */
export async function runScript(own: TestInternals, name: string, lines: string[]): Promise<RunSummary> {
  const before = await own.projects.call("listRuns", { root: workspaceRoot(), query: { script: name, limit: 1 } });
  await startScript(await writeScript(name, lines));
  return runOfScript(own, name, (run) => hasEnded(run) && run.id !== before.runs[0]?.id);
}

/** The tree's element of a run, opened down to it. */
export function nodeOf({ tree }: TestInternals, run: Pick<RunSummary, "id">): Promise<RunNode> {
  return until("the run is in the tree", async () => {
    for (const group of await tree.getChildren()) {
      for (const node of group.kind === "run" ? [group] : await tree.getChildren(group)) {
        if (node.kind === "run" && node.run.id === run.id) return node;
      }
    }
    return undefined;
  });
}

/** Below a run: each section's label with the labels of what is in it. */
export async function sectionsOf(
  own: TestInternals,
  run: RunNode,
): Promise<Map<string, { node: Node; entries: Node[] }>> {
  const sections = new Map<string, { node: Node; entries: Node[] }>();
  for (const node of await own.tree.getChildren(run)) {
    sections.set(labelOf(own, node), { node, entries: await own.tree.getChildren(node) });
  }
  return sections;
}

export function labelOf({ tree }: TestInternals, node: Node): string {
  const { label } = tree.getTreeItem(node);
  return typeof label === "string" ? label : (label?.label ?? "");
}

/** A line in the report, beside the tests: for figures. */
export function print(text: string): void {
  (Mocha.reporters.Base as unknown as { consoleLog: (line: string) => void }).consoleLog(`      ${text}`);
}

export const textOf = (document: vscode.TextDocument) => document.getText().replaceAll("\r\n", "\n");
