/** Run a run again from what was recorded of it, in a terminal, and say whether it came to the same. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { RunSummary } from "../../domain/run";
import { REASON_TAG, REPRODUCES_TAG, VERDICT_TAG } from "../../domain/verdictTags";
import { setting } from "../configuration";
import { runInTerminal } from "../run/commandTask";
import type { CommandDeps } from "./deps";
import { pickRun, type RunAt } from "./pickRuns";

export async function reproduce(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const at = await pickRun(given, deps.projects, {
    title: vscode.l10n.t("Reproduce"),
    except: ({ run }) => run.status === "running",
  });
  const { root, run } = at;
  const fresh = await pickEnvironment(run);
  const words = [
    "reproduce",
    run.id,
    ...(fresh ? ["--environment"] : []),
    `--tolerance=${setting("modeltrail.reproduce.tolerance")}`,
  ];
  const asked = Date.now();
  const title = vscode.l10n.t("Reproduce {0}", run.name);
  await runInTerminal(deps, { title, words, cwd: root });
  const child = await reproductionSince(deps, at, asked);
  if (child) await tell(deps, at, child);
  else throw new UserError(vscode.l10n.t("{0} could not be run again: the terminal says why.", run.name));
}

/** Whether the packages are installed anew. */
async function pickEnvironment(run: RunSummary): Promise<boolean> {
  const present = {
    label: vscode.l10n.t("With the Python It Ran On"),
    detail: vscode.l10n.t(
      "In a fresh folder, with the run's code, data and config. Packages are those that are installed now",
    ),
    fresh: false,
  };
  const recorded = {
    label: vscode.l10n.t("In a Fresh Environment"),
    detail: vscode.l10n.t(
      "The recorded versions of its packages are installed into the folder first, which may take long",
    ),
    fresh: true,
  };
  const title = vscode.l10n.t("Reproduce {0}", run.name);
  const picked = await vscode.window.showQuickPick([present, recorded], { title });
  if (!picked) throw new vscode.CancellationError();
  return picked.fresh;
}

/** The child run that was made for it; undefined when there is none. */
async function reproductionSince({ projects }: CommandDeps, { root, run }: RunAt, since: number) {
  const query = { parent: run.id, tags: { [REPRODUCES_TAG]: run.id }, limit: 1 };
  const [child] = (await projects.call("listRuns", { root, query })).runs;
  return child && child.startTime >= since ? child : undefined;
}

async function tell(deps: CommandDeps, { root, run }: RunAt, child: RunSummary): Promise<void> {
  const details = vscode.l10n.t("Show Verdict");
  const verdict = child.tags[VERDICT_TAG];
  const reason = child.tags[REASON_TAG];
  const text =
    verdict === "same"
      ? vscode.l10n.t("{0} is reproduced: the same outputs and metrics.", run.name)
      : verdict === "within-tolerance"
        ? vscode.l10n.t("{0} is reproduced, within the tolerance.", run.name)
        : vscode.l10n.t("{0} came out different. {1}", run.name, reason ?? "");
  const show = verdict === "different" ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  if ((await show(text.trim(), details)) === details) await openVerdict(deps, root, child);
}

export async function showVerdict(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const { root, run } = await pickRun(given, deps.projects, {
    title: vscode.l10n.t("Show Verdict"),
    except: (found) => found.run.tags[VERDICT_TAG] === undefined,
    none: vscode.l10n.t("No run has been reproduced yet."),
  });
  if (run.tags[VERDICT_TAG] === undefined) throw new UserError(vscode.l10n.t("{0} reproduces no other run.", run.name));
  await openVerdict(deps, root, run);
}

async function openVerdict({ reports }: CommandDeps, root: string, child: RunSummary): Promise<void> {
  await (await reports()).open(
    { kind: "reproduction", root, id: child.id },
    vscode.l10n.t("Verdict on {0}", child.name),
  );
}
