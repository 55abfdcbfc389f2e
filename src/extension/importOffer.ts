/** Offers, once in a window, to import the runs of other trackers that lie in a project and of which none is here. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import * as vscode from "vscode";
import * as z from "zod/mini";
import { UserError } from "../domain/errors";
import type { Log } from "./log";
import { recorderEnvironment } from "./run/recorderTask";
import type { Projects } from "./stores/projects";

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

const Found = z.array(z.object({ title: z.string(), imported: z.boolean() }));
const Report = z.object({
  places: z.array(z.object({ runs: z.array(z.object({ outcome: z.string(), name: z.string() })) })),
});
const Progress = z.object({ done: z.number(), total: z.number() });

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
  const { memory } = deps;
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
  await importAll(root, deps).catch((error) => deps.log.show("import the runs", error));
}

/** Titles of the trackers of which nothing is imported; none when there is nothing, or one has been imported before. */
async function findRuns(root: string, { distFolder, log }: OfferDeps): Promise<string[]> {
  try {
    const output = await runCommand(distFolder, ["import-from", root, "--find", "--json"], root);
    const places = Found.parse(JSON.parse(output));
    return places.some(({ imported }) => imported) ? [] : places.map(({ title }) => title);
  } catch (error) {
    // As a rule that there is nothing to import: `runs` is a usual name for other things.
    log.channel.debug(`No runs of other trackers in ${root}: ${(error as Error).message}`);
    return [];
  }
}

async function importAll(root: string, { distFolder }: OfferDeps): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t("Importing runs…"),
    cancellable: true,
  };
  const output = await vscode.window.withProgress(options, (bar, token) => {
    const show = (line: string) => {
      const { done, total } = Progress.parse(JSON.parse(line));
      bar.report({ message: vscode.l10n.t("{0} of {1}", done, total) });
    };
    const words = ["import-from", root, "--json", "--progress"];
    return runCommand(distFolder, words, root, { token, onLine: show });
  });
  if (output === "") return;
  const runs = Report.parse(JSON.parse(output)).places.flatMap((place) => place.runs);
  const failed = runs.filter(({ outcome }) => outcome === "failed");
  const count = runs.length - failed.length;
  const text = count === 1 ? vscode.l10n.t("1 run imported.") : vscode.l10n.t("{0} runs imported.", count);
  if (failed.length === 0) void vscode.window.showInformationMessage(text);
  else {
    const names = failed.map(({ name }) => name).join(", ");
    void vscode.window.showWarningMessage(`${text} ${vscode.l10n.t("These could not be read: {0}.", names)}`);
  }
}

interface CommandOptions {
  token?: vscode.CancellationToken;
  /** Of standard error, when it is a message of the command's progress. */
  onLine?: (line: string) => void;
}

/** What the command line said; "" when it was cancelled. Rejects with what it said instead. */
function runCommand(
  distFolder: string,
  words: string[],
  cwd: string,
  { token, onLine }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...recorderEnvironment() };
    const child = spawn(process.execPath, [path.join(distFolder, "cli.js"), ...words], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (onLine && line.startsWith("{")) onLine(line);
      else errors += `${line}\n`;
    });
    token?.onCancellationRequested(() => child.kill());
    child.on("error", reject);
    child.on("close", (code) => {
      if (token?.isCancellationRequested) resolve("");
      // With 1, some runs could not be read; the others were.
      else if (code === 0 || (code === 1 && output !== "")) resolve(output);
      else reject(new UserError(errors.trim().replace(/^modeltrail: /, "") || `modeltrail ended with ${code}.`));
    });
  });
}
