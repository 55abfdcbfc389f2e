/** Running on targets, and what there is to be done about them. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { joinWords } from "../../protocol/words";
import type { CommandDeps } from "../commands/deps";
import { openProjectFile } from "../commands/projectFile";
import { pickProject } from "../commands/shareRuns";
import { Command } from "../contributions";
import { ActionableError } from "../log";
import type { EntryPointsOf } from "../run/entryPointsOf";
import { requireTrust, saveDirty } from "../run/launcher";
import type { RunRequest } from "../run/recorderCommand";
import type { TargetCheck, TargetCheckRequest } from "../worker/chores/api";
import type { TargetInfo } from "../worker/jobs/api";
import { describeFindings, resultOf } from "./describeTarget";
import type { LastTargets } from "./lastTargets";
import { pickTarget } from "./pickTarget";
import type { TargetSecrets } from "./secrets";
import { type Startable, startableFrom } from "./startables";
import { TARGETS_EXAMPLE } from "./template";

export interface TargetCommandDeps extends Pick<CommandDeps, "projects" | "launcher" | "chores" | "log"> {
  last: LastTargets;
  secrets: TargetSecrets;
  entryPoints: EntryPointsOf;
  /** Sees to it that queued jobs of the project begin. */
  work(root: string): Promise<void>;
}

/** What is to run where. */
interface Choice {
  root: string;
  startable: Startable;
  target: TargetInfo;
  request: RunRequest;
  check: TargetCheck;
}

export interface TargetCommands {
  /** `target`: where, when that is known already. */
  runOnTarget(given: unknown, target?: unknown): Promise<void>;
  /** True when it was queued; cancelling throws. */
  addToQueue(given: unknown): Promise<true>;
  checkTarget(given: unknown): Promise<void>;
  editTargets(): Promise<void>;
  setSecret(): Promise<void>;
  forgetSecrets(): Promise<void>;
}

export function createTargetCommands(deps: TargetCommandDeps): TargetCommands {
  const { projects, launcher, chores, log, last, secrets, work } = deps;

  async function choose(given: unknown, title: (label: string) => string, named?: unknown): Promise<Choice> {
    requireTrust();
    const startable = await startableFrom(given, deps);
    const { root } = await projects.ensure(folderOf(startable));
    const targets = await listTargets(root);
    const target = targets.find(({ name }) => name === named);
    const { check, request, ...picked } = target
      ? { target, check: undefined, request: await startable.request(target.name) }
      : await pick(startable, root, targets, title);
    const checked = check ?? (await checkNow(root, picked.target, request));
    return { root, startable, target: picked.target, request, check: checked };
  }

  async function chooseReady(...asked: Parameters<typeof choose>): Promise<Choice> {
    const choice = await choose(...asked);
    await assertReady(choice);
    return choice;
  }

  async function pick(
    startable: Startable,
    root: string,
    targets: readonly TargetInfo[],
    title: (label: string) => string,
  ) {
    const known = last.get(startable.key) ?? startable.target;
    const requests = new Map<string, RunRequest>();
    const check = async (target: TargetInfo): Promise<TargetCheckRequest> => {
      const request = await startable.request(target.name);
      requests.set(target.name, request);
      return checkRequest(root, target, request);
    };
    const picked = await pickTarget({ title: title(startable.label), targets, last: known, check, chores, log });
    const { target } = picked;
    return { ...picked, request: requests.get(target.name) ?? (await startable.request(target.name)) };
  }

  function checkRequest(
    root: string,
    { name }: TargetInfo,
    { command, cwd, env = {} }: RunRequest,
  ): TargetCheckRequest {
    return { root, target: name, command, cwd, env };
  }

  const checkNow = (root: string, target: TargetInfo, request: RunRequest) =>
    chores.run(vscode.l10n.t("Checking {0}…", target.name), "checkTarget", checkRequest(root, target, request));

  async function listTargets(root: string): Promise<TargetInfo[]> {
    try {
      return await projects.call("listTargets", { root });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "UserError") throw error;
      const action = { title: vscode.l10n.t("Edit Targets"), run: () => openTargets(root) };
      throw new ActionableError(error.message, action);
    }
  }

  async function runOnTarget(given: unknown, named?: unknown): Promise<void> {
    const { startable, target, request } = await chooseReady(
      given,
      (label) => vscode.l10n.t("Run {0} On", label),
      named,
    );
    last.set(startable.key, target.name);
    await launcher.start(request, startable.label, startable.file);
  }

  async function addToQueue(given: unknown): Promise<true> {
    const { root, startable, target, request } = await chooseReady(given, (label) =>
      vscode.l10n.t("Queue {0} For", label),
    );
    last.set(startable.key, target.name);
    await saveDirty(startable.file);
    const { command, cwd, tags } = request;
    const [experiment, name, note] = [request.experiment, request.name, request.note].map((text) => text || undefined);
    await projects.call("addJob", { root, job: { target: target.name, command, cwd, experiment, name, note, tags } });
    log.channel.info(`Queued for ${target.name} in ${root}: ${joinWords(command)}`);
    await work(root);
    vscode.window.setStatusBarMessage(
      vscode.l10n.t("$(check) {0} is queued for {1}", startable.label, target.name),
      5_000,
    );
    return true;
  }

  /** Throws a cancellation when it would fail, which is told; what may surprise is asked. */
  async function assertReady({ target, check }: Choice): Promise<void> {
    const result = resultOf(check);
    if (result === "ok") return;
    const detail = describeFindings(check);
    if (result === "warning") {
      const start = vscode.l10n.t("Start Anyway");
      const text = vscode.l10n.t("On {0}, this may not be what you expect:", target.name);
      if ((await vscode.window.showWarningMessage(text, { modal: true, detail }, start)) === start) return;
      throw new vscode.CancellationError();
    }
    await showFailure(vscode.l10n.t("Nothing was started: it would fail on {0}.", target.name), detail);
    throw new vscode.CancellationError();
  }

  /** With a way to change it. */
  async function showFailure(text: string, detail: string): Promise<void> {
    const edit = vscode.l10n.t("Edit Targets");
    const chosen = await vscode.window.showErrorMessage(text, { modal: true, detail }, edit);
    if (chosen === edit) await vscode.commands.executeCommand(Command.editTargets);
  }

  async function checkTarget(given: unknown): Promise<void> {
    const { startable, target, check } = await choose(given, (label) => vscode.l10n.t("Check {0} On", label));
    const result = resultOf(check);
    const detail = describeFindings(check);
    if (result === "ok") void vscode.window.showInformationMessage(vscode.l10n.t("{0} is ready.", target.name));
    else if (result === "error") {
      await showFailure(vscode.l10n.t("{0} would fail on {1}.", startable.label, target.name), detail);
    } else {
      const text = vscode.l10n.t("{0} is ready, but this may not be what you expect:", target.name);
      await vscode.window.showWarningMessage(text, { modal: true, detail });
    }
  }

  const openTargets = (root: string) => openProjectFile(root, "targets", TARGETS_EXAMPLE);

  async function pickNamed(root: string, title: string): Promise<TargetInfo> {
    const items = (await listTargets(root))
      .slice(1)
      .map((target) => ({ label: target.name, description: target.kind, target }));
    if (items.length === 0) {
      const action = { title: vscode.l10n.t("Edit Targets"), run: () => openTargets(root) };
      throw new ActionableError(vscode.l10n.t("modeltrail.yaml names no targets yet."), action);
    }
    const picked = await vscode.window.showQuickPick(items, { title });
    if (!picked) throw new vscode.CancellationError();
    return picked.target;
  }

  async function setSecret(): Promise<void> {
    requireTrust();
    const title = vscode.l10n.t("Set Secret of Target");
    const root = await pickProject(projects, title);
    const target = await pickNamed(root, title);
    const variable = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t("Name of the environment variable in which {0} expects it", target.name),
      value: target.secrets[0] ?? "",
      validateInput: (text) =>
        /^[A-Za-z_]\w*$/.test(text) ? undefined : vscode.l10n.t("Letters, digits and _ make a name."),
    });
    if (!variable) return;
    const prompt = vscode.l10n.t(
      "Kept by VS Code, and given only to the process that looks after jobs on {0}",
      target.name,
    );
    const value = await vscode.window.showInputBox({ title, prompt, password: true });
    if (value) await secrets.set(root, target.name, variable, value);
  }

  async function forgetSecrets(): Promise<void> {
    const title = vscode.l10n.t("Forget Secrets of Target");
    const root = await pickProject(projects, title);
    await secrets.forget(root, (await pickNamed(root, title)).name);
  }

  async function editTargets(): Promise<void> {
    requireTrust();
    await openTargets(await pickProject(projects, vscode.l10n.t("Edit Targets Of")));
  }

  return { runOnTarget, addToQueue, checkTarget, editTargets, setSecret, forgetSecrets };
}

function folderOf({ file }: Startable): string {
  const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath;
  if (folder) return folder;
  throw new UserError(vscode.l10n.t("Open the folder of {0} first: targets belong to a project.", file.fsPath));
}
