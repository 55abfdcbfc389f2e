/** Starting a run for a language model, when the user has agreed to the command that VS Code shows. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { scriptFile } from "../../agents/scriptFile";
import { UserError } from "../../domain/errors";
import { requireTrust, type ScriptRun } from "../run/launcher";
import { textResult } from "./readTool";
import type { AgentDeps } from "./registerAgents";
import { takeProject } from "./takeProject";

export interface StartInput {
  project?: string;
  script: string;
  args?: string[];
  experiment?: string;
  name?: string;
  note?: string;
}

export async function prepareStart(deps: AgentDeps, given: StartInput): Promise<vscode.PreparedToolInvocation> {
  const { run } = await plan(deps, given);
  const { command, cwd } = await deps.launcher.request(run);
  const message = new vscode.MarkdownString(vscode.l10n.t("In `{0}`:", cwd));
  message.appendCodeblock(command.join(" "), "shellscript");
  return {
    invocationMessage: vscode.l10n.t("Starting {0}", path.basename(run.script.fsPath)),
    confirmationMessages: { title: vscode.l10n.t("Start a recorded run?"), message },
  };
}

const BEGINS_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

export async function invokeStart(
  deps: AgentDeps,
  given: StartInput,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  const { root, run } = await plan(deps, given);
  const asked = Date.now();
  const script = path.relative(root, run.script.fsPath).split(path.sep).join("/");
  await deps.launcher.run(run);
  while (!token.isCancellationRequested && Date.now() - asked < BEGINS_WITHIN_MS) {
    const { runs } = await deps.projects.call("listRuns", { root, query: { script, limit: 1 } });
    const [begun] = runs.filter(({ startTime }) => startTime >= asked);
    if (begun) {
      const { id, name, experiment, status } = begun;
      return textResult(JSON.stringify({ run: id.slice(0, 8), name, experiment, status }));
    }
    await sleep(LOOK_EVERY_MS);
  }
  throw new UserError(vscode.l10n.t("The run has not begun yet; its terminal says why."));
}

/** Throws UserError when it must not or cannot be started. */
async function plan({ projects }: AgentDeps, given: StartInput): Promise<{ root: string; run: ScriptRun }> {
  requireTrust();
  const { root, input } = await takeProject(projects, given);
  const { script, args = [], experiment, name, note } = input;
  const file = scriptFile(root, script);
  return { root, run: { script: vscode.Uri.file(file), args, experiment, name, note } };
}
