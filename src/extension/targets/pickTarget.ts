/** Choosing a target: each is checked while the list is shown. */
import * as vscode from "vscode";
import { Command } from "../contributions";
import type { Log } from "../log";
import type { Chores } from "../stores/chores";
import type { TargetCheck, TargetCheckRequest } from "../worker/chores/api";
import type { TargetInfo } from "../worker/jobs/api";
import { type CheckResult, describeCheck, describeTarget, resultOf } from "./describeTarget";

export interface PickTargetOptions {
  title: string;
  targets: readonly TargetInfo[];
  /** Stands first. */
  last: string | undefined;
  /** What would be asked of it. */
  check(target: TargetInfo): Promise<TargetCheckRequest>;
  chores: Pick<Chores, "quietly">;
  log: Log;
}

export interface PickedTarget {
  target: TargetInfo;
  /** Undefined: chosen before its check was done. */
  check: TargetCheck | undefined;
}

interface TargetItem extends vscode.QuickPickItem {
  target: TargetInfo | undefined;
}

const ICONS: Record<CheckResult, vscode.ThemeIcon> = {
  ok: new vscode.ThemeIcon("pass", new vscode.ThemeColor("testing.iconPassed")),
  warning: new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground")),
  error: new vscode.ThemeIcon("error", new vscode.ThemeColor("testing.iconFailed")),
};
const CHECKING = new vscode.ThemeIcon("loading~spin");

/** Checks that take place at the same time. */
const AT_ONCE = 3;

/** Throws CancellationError when none is chosen. */
export async function pickTarget(options: PickTargetOptions): Promise<PickedTarget> {
  const { title, last, chores, log } = options;
  const targets = [...options.targets].sort((a, b) => Number(b.name === last) - Number(a.name === last));
  const checks = new Map<string, TargetCheck>();
  const faults = new Map<string, string>();
  const controller = new AbortController();
  const picker = vscode.window.createQuickPick<TargetItem>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t("Where is it to run?");
  picker.matchOnDescription = true;
  // What is being typed or looked at stays as the results of the checks come in.
  (picker as { keepScrollPosition?: boolean }).keepScrollPosition = true;

  function show(): void {
    const active = picker.activeItems[0]?.label;
    picker.items = [...targets.map(itemOf), editItem];
    picker.activeItems = picker.items.filter(({ label }) => label === active);
  }

  function itemOf(target: TargetInfo): TargetItem {
    const check = checks.get(target.name);
    const fault = faults.get(target.name);
    const detail = fault ?? (check ? describeCheck(check) : vscode.l10n.t("Checking…"));
    const iconPath = fault ? ICONS.warning : check ? ICONS[resultOf(check)] : CHECKING;
    const used = target.name === last ? ` · ${vscode.l10n.t("used last")}` : "";
    return { target, label: target.name, description: describeTarget(target) + used, detail, iconPath };
  }

  async function checkAll(): Promise<void> {
    const waiting = [...targets];
    const work = async () => {
      for (let target = waiting.shift(); target && !controller.signal.aborted; target = waiting.shift()) {
        await checkOne(target);
        if (!controller.signal.aborted) show();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  async function checkOne(target: TargetInfo): Promise<void> {
    try {
      const request = await options.check(target);
      checks.set(target.name, await chores.quietly("checkTarget", request, controller.signal));
    } catch (error) {
      if (controller.signal.aborted) return;
      log.error(`check the target ${target.name}`, error);
      faults.set(target.name, error instanceof Error ? error.message : String(error));
    }
  }

  show();
  picker.show();
  void checkAll();
  const chosen = await new Promise<TargetItem | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0]));
    picker.onDidHide(() => resolve(undefined));
  });
  controller.abort();
  picker.dispose();
  if (chosen === editItem) await vscode.commands.executeCommand(Command.editTargets);
  if (!chosen?.target) throw new vscode.CancellationError();
  return { target: chosen.target, check: checks.get(chosen.target.name) };
}

/** Stands below the places that there are, for who looks for another. */
export const EDIT_TARGETS: vscode.QuickPickItem = {
  label: vscode.l10n.t("Edit Targets…"),
  iconPath: new vscode.ThemeIcon("edit"),
  alwaysShow: true,
};
const editItem: TargetItem = { ...EDIT_TARGETS, target: undefined };
