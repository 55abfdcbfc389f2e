/** Begins a sweep: one of modeltrail.yaml, or a new one of a script, by a few questions. It goes on in a terminal. */
import path from "node:path";
import * as vscode from "vscode";
import { isSystemMetric } from "../../domain/systemMetrics";
import { splitWords } from "../../protocol/words";
import { readProjectFile } from "../../snapshot/projectFile";
import { readParam } from "../../sweep/readParam";
import { runInTerminal } from "../run/commandTask";
import { saveDirty } from "../run/launcher";
import { readScriptArguments, scriptFrom } from "../run/scripts";
import type { CommandDeps } from "./deps";

type Deps = Pick<CommandDeps, "context" | "projects" | "launcher" | "log">;

/** What is to be begun, and where. */
interface SweepStart {
  title: string;
  /** What stands behind `modeltrail sweep`. */
  words: string[];
  cwd: string;
  /** What it is about. */
  file: vscode.Uri;
}

interface SweepItem extends vscode.QuickPickItem {
  /** Asks what is not known yet. */
  begin(): Promise<SweepStart>;
}

export async function runSweep(deps: Deps, given: unknown): Promise<void> {
  const items = [...(await namedSweeps(deps)), newSweep(deps, given)];
  const picked =
    items.length === 1 || given instanceof vscode.Uri
      ? items.at(-1)
      : await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Run Sweep"), matchOnDetail: true });
  if (!picked) return;
  const { title, words, cwd, file } = await picked.begin();
  await saveDirty(file);
  await deps.projects.ensure(cwd);
  // The terminal shows each trial, and at the end the best ones.
  await runInTerminal(deps, { title: vscode.l10n.t("Sweep {0}", title), words: ["sweep", ...words], cwd });
}

async function namedSweeps({ log }: Deps): Promise<SweepItem[]> {
  const items: SweepItem[] = [];
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const file = await readProjectFile(uri.fsPath).catch((error) => {
      log.error("read the sweeps of modeltrail.yaml", error);
      return null;
    });
    for (const [name, { command, method, params }] of Object.entries(file?.sweeps ?? {})) {
      items.push({
        label: name,
        description: method,
        detail: `${typeof command === "string" ? command : command.join(" ")}  ·  ${Object.keys(params).join(", ")}`,
        begin: async () => ({ title: name, words: ["run", name], cwd: uri.fsPath, file: uri }),
      });
    }
  }
  return items;
}

function newSweep(deps: Deps, given: unknown): SweepItem {
  return {
    label: vscode.l10n.t("$(add) New Sweep of a Script…"),
    detail: vscode.l10n.t("Give values for its arguments; every combination, or a search among them, is run"),
    alwaysShow: true,
    async begin() {
      const script = await scriptFrom(given);
      const params = await askParams(script);
      const method = await askMethod();
      const metric = await askMetric(deps, method === "optuna");
      const trials = method === "grid" ? null : await askTrials();
      const { command, cwd } = await deps.launcher.request({ script, args: [] });
      return {
        title: path.basename(script.fsPath),
        words: [
          "run",
          ...params.map((param) => `--param=${param}`),
          `--method=${method}`,
          ...(metric === null ? [] : [`--metric=${metric}`]),
          ...(trials === null ? [] : [`--trials=${trials}`]),
          "--",
          ...command,
        ],
        cwd,
        file: script,
      };
    },
  };
}

/** Each as the command line takes it: `lr=0.1,0.01`. */
async function askParams(script: vscode.Uri): Promise<string[]> {
  const { command } = await readScriptArguments(script);
  const numbers = command.arguments.filter(({ type, flags }) => type !== "text" && flags.length > 0);
  const example = numbers.slice(0, 2).map(({ dest, default: value }) => `${dest}=${value?.text ?? "1"},`);
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Sweep: Values to Try"),
    prompt: vscode.l10n.t("lr=0.1,0.01   depth=1..8   units=16..128:16   lr=1e-5..0.1:log"),
    placeHolder: vscode.l10n.t("Params of {0} with their values, separated by spaces", path.basename(script.fsPath)),
    value: example.join(" "),
    ignoreFocusOut: true,
    validateInput: (typed) => {
      try {
        if (splitWords(typed).length === 0) return vscode.l10n.t("Name at least one param with its values.");
        splitWords(typed).forEach(readParam);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
  if (text === undefined) throw new vscode.CancellationError();
  return splitWords(text);
}

async function askMethod(): Promise<"grid" | "random" | "optuna"> {
  const items = [
    {
      label: "grid" as const,
      detail: vscode.l10n.t("Every combination, in order; ranges need steps or whole numbers"),
    },
    { label: "random" as const, detail: vscode.l10n.t("Combinations drawn by a seed") },
    { label: "optuna" as const, detail: vscode.l10n.t("What Optuna suggests, learning from the trials before") },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Sweep: Method"),
    ignoreFocusOut: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.label;
}

/** Null: none, so that trials are only run and not judged. */
async function askMetric({ projects }: Deps, needed: boolean): Promise<string | null> {
  const keys = await Promise.all(projects.all.map(({ root }) => projects.call("listKeys", { root })));
  const metrics = [...new Set(keys.flatMap((one) => one.metrics))].filter((name) => !isSystemMetric(name));
  if (metrics.length === 0) {
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t("Sweep: Metric"),
      prompt: vscode.l10n.t("What is to get better: the name of a metric that the script logs or prints"),
      ignoreFocusOut: true,
      validateInput: (text) => (needed && text.trim() === "" ? vscode.l10n.t("Optuna needs a metric.") : undefined),
    });
    if (typed === undefined) throw new vscode.CancellationError();
    return typed.trim() || null;
  }
  const none = { label: vscode.l10n.t("No Metric"), metric: null };
  const items = [...metrics.map((metric) => ({ label: metric, metric })), ...(needed ? [] : [none])];
  const options = { title: vscode.l10n.t("Sweep: What Is to Get Better"), ignoreFocusOut: true };
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { metric: string | null }>(items, options);
  if (!picked) throw new vscode.CancellationError();
  return picked.metric;
}

async function askTrials(): Promise<string> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Sweep: Number of Trials"),
    value: "20",
    ignoreFocusOut: true,
    validateInput: (typed) => (/^[1-9]\d*$/.test(typed) ? undefined : vscode.l10n.t("A whole number from 1.")),
  });
  if (text === undefined) throw new vscode.CancellationError();
  return text;
}
