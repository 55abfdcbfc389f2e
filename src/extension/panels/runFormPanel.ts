/** The Run With Arguments panel: one for each script, back after a reload. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { buildArguments, checkArguments } from "../../protocol/commandLine";
import {
  emptyForm,
  type RunFormContent,
  RunFormState,
  RunFormValues,
  runFormHost,
  runFormPage,
} from "../../protocol/runForm";
import { parseTags } from "../../protocol/tags";
import { Command, Panel } from "../contributions";
import type { Log } from "../log";
import { findInterpreter } from "../run/interpreter";
import type { LastValues } from "../run/lastValues";
import { type Launcher, type ScriptRun, workingDirectory } from "../run/launcher";
import { isNotebook, readScriptArguments } from "../run/scripts";
import type { Projects } from "../stores/projects";
import { pageOptions, showPage } from "./webviewPage";

export interface RunFormDeps {
  dist: vscode.Uri;
  projects: Projects;
  launcher: Launcher;
  last: LastValues;
  log: Log;
}

export interface RunForms extends vscode.WebviewPanelSerializer {
  open(script: vscode.Uri): void;
}

export function createRunForms(deps: RunFormDeps): RunForms {
  const panels = new Map<string, vscode.WebviewPanel>();

  function fill(panel: vscode.WebviewPanel, script: vscode.Uri, restored?: RunFormValues): void {
    panels.set(script.fsPath, panel);
    panel.onDidDispose(() => panels.delete(script.fsPath));
    panel.title = vscode.l10n.t("Run {0}", path.basename(script.fsPath));
    fillForm(panel, script, deps, restored);
  }

  return {
    open(script) {
      const shown = panels.get(script.fsPath);
      if (shown) return shown.reveal();
      const panel = vscode.window.createWebviewPanel(
        Panel.runForm,
        path.basename(script.fsPath),
        vscode.ViewColumn.Active,
        pageOptions(deps.dist),
      );
      fill(panel, script);
    },
    async deserializeWebviewPanel(panel, state) {
      const { data } = RunFormState.safeParse(state);
      if (data) fill(panel, vscode.Uri.parse(data.script), data.values);
      else panel.dispose();
    },
  };
}

function fillForm(panel: vscode.WebviewPanel, script: vscode.Uri, deps: RunFormDeps, restored?: RunFormValues): void {
  const { projects, launcher, last, log } = deps;
  const { typed, ran } = last.get(script.fsPath);
  const known = restored ?? valuesFrom(typed) ?? valuesFrom(ran) ?? emptyForm;

  /** What was filled in, as it is run. Throws UserError for what makes no sense. */
  async function filledIn(values: RunFormValues): Promise<ScriptRun> {
    const scriptArguments = await readScriptArguments(script);
    const [fault] = Object.values(checkArguments(scriptArguments, values));
    if (fault) throw new UserError(fault);
    const tags = parseTags(values.tags);
    if (!tags) throw new UserError(vscode.l10n.t("Write tags as key=value, with spaces between them."));
    const { experiment, name, note } = values;
    const args = buildArguments(scriptArguments, values);
    return { script, args, experiment: experiment.trim(), name: name.trim(), note: note.trim(), tags };
  }

  async function start(values: RunFormValues): Promise<void> {
    const run = await filledIn(values);
    last.set(script.fsPath, { ran: values, typed: values });
    await launcher.run(run);
  }

  async function queue(values: RunFormValues): Promise<boolean> {
    const run = await filledIn(values);
    const queued = await vscode.commands.executeCommand<boolean | undefined>(Command.addToQueue, run);
    if (queued) last.set(script.fsPath, { ran: values, typed: values });
    return queued === true;
  }

  const channel = showPage({
    panel,
    dist: deps.dist,
    name: "run-form",
    host: runFormHost,
    page: runFormPage,
    log,
    handlers: {
      load: async () => ({
        script: script.toString(),
        label: vscode.workspace.asRelativePath(script),
        arguments: await readScriptArguments(script),
        values: known,
        lastRun: valuesFrom(last.get(script.fsPath).ran) ?? null,
        experiments: await experimentNames(projects, script),
        ...(await commandStart(script, log)),
      }),
      remember: (values) => last.set(script.fsPath, { typed: values }),
      run: start,
      queue,
      browse: ({ label, kind }) => browse(script, label, kind),
      async openScript() {
        await vscode.window.showTextDocument(script);
      },
    },
  });

  const reread = vscode.workspace.onDidSaveTextDocument(async (document) => {
    if (document.uri.fsPath !== script.fsPath) return;
    channel.notify("argumentsChanged", await readScriptArguments(script));
  });
  panel.onDidDispose(() => reread.dispose());
}

const valuesFrom = (kept: unknown): RunFormValues | undefined => RunFormValues.safeParse(kept).data;

async function experimentNames(projects: Projects, script: vscode.Uri): Promise<string[]> {
  const { root } = await projects.ensure(workingDirectory(script));
  const groups = await projects.call("listGroups", { root, by: "experiment", query: {} });
  return groups.flatMap(({ value }) => value ?? []);
}

/** How the command line begins; only to look at, so a missing Python is no reason not to fill in the form. */
async function commandStart(script: vscode.Uri, log: Log): Promise<Pick<RunFormContent, "interpreter" | "command">> {
  const interpreter = await findInterpreter(script, log).then(
    ({ executable }) => executable,
    () => null,
  );
  const file = path.relative(workingDirectory(script), script.fsPath);
  const shown = interpreter === null ? null : vscode.workspace.asRelativePath(interpreter);
  if (isNotebook(script)) return { interpreter: shown, command: ["modeltrail", "run", path.basename(script.fsPath)] };
  return { interpreter: shown, command: [path.basename(interpreter ?? "python"), file] };
}

async function browse(script: vscode.Uri, label: string, kind: "file" | "folder"): Promise<string | null> {
  const cwd = workingDirectory(script);
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: label,
      openLabel: vscode.l10n.t("Choose"),
      defaultUri: vscode.Uri.file(cwd),
      // Windows and Linux have no dialog for both.
      canSelectFiles: kind === "file",
      canSelectFolders: kind === "folder",
    })) ?? [];
  if (!chosen) return null;
  const relative = path.relative(cwd, chosen.fsPath);
  return relative === "" || relative.startsWith("..") || path.isAbsolute(relative) ? chosen.fsPath : relative;
}
