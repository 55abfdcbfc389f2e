/** What the Experiments view shows: filter, order, groups. */
import * as vscode from "vscode";
import type { RunStatus } from "../../domain/run";
import type { GroupKey, KeyNames, SortKey } from "../../store/contract";
import { Command } from "../contributions";
import { isNode } from "../tree/nodes";
import { statusIcon } from "../tree/treeItems";
import type { RunFilter, ViewState } from "../tree/viewState";
import type { CommandDeps } from "./deps";

interface Choice<T> extends vscode.QuickPickItem {
  value?: T;
}

const STATUSES: RunStatus[] = ["running", "finished", "failed", "killed", "lost"];
/** Of these the smaller ones are looked for first. */
const LESS_IS_BETTER = /(loss|error|err|rmse|mae|mse|perplexity|time|duration)$/i;

export function registerViewCommands({ projects, tree, register }: CommandDeps): vscode.Disposable {
  const change = (part: Partial<ViewState>) => {
    tree.state = { ...tree.state, ...part };
  };

  async function allKeys(): Promise<KeyNames> {
    await projects.ready();
    const keys = await Promise.all(projects.all.map(({ root }) => projects.call("listKeys", { root })));
    const union = (part: keyof KeyNames) => [...new Set(keys.flatMap((found) => found[part]))].sort();
    return { params: union("params"), metrics: union("metrics"), tags: union("tags") };
  }

  async function groupValues(by: GroupKey): Promise<string[]> {
    const groups = await Promise.all(
      projects.all.map(({ root }) => projects.call("listGroups", { root, by, query: {} })),
    );
    return [...new Set(groups.flat().flatMap(({ value }) => value ?? []))];
  }

  async function filter(): Promise<void> {
    const { tags } = await allKeys();
    const current = tree.state.filter;
    const choices: Choice<RunFilter>[] = [
      separator(vscode.l10n.t("Status")),
      ...STATUSES.map((status) => ({ label: status, iconPath: statusIcon(status), value: { status: [status] } })),
      {
        label: vscode.l10n.t("not finished well"),
        iconPath: new vscode.ThemeIcon("error"),
        value: { status: ["failed", "killed", "lost"] },
      },
      separator(vscode.l10n.t("Experiment")),
      ...(await groupValues("experiment")).map((experiment) => choice(experiment, "beaker", { experiment })),
      separator(vscode.l10n.t("Tag")),
      ...(await tagChoices(tags)),
    ];
    const chosen = await pickOrType(choices, current.text);
    if (chosen) change({ filter: { ...current, ...chosen } });
  }

  async function tagChoices(keys: string[]): Promise<Choice<RunFilter>[]> {
    const values = await Promise.all(keys.map(async (key) => ({ key, values: await groupValues(`tag:${key}`) })));
    return values.flatMap(({ key, values }) =>
      values.map((value) => choice<RunFilter>(`${key}=${value}`, "tag", { tag: { key, value } })),
    );
  }

  async function sort(): Promise<void> {
    const { metrics, params } = await allKeys();
    const { sort: current } = tree.state;
    const by = (key: SortKey, label: string, icon: string): Choice<SortKey> => {
      const arrow = current.descending ? "arrow-down" : "arrow-up";
      return key === current.key
        ? { ...choice(label, arrow, key), description: vscode.l10n.t("choose again to reverse") }
        : choice(label, icon, key);
    };
    const chosen = await pick(vscode.l10n.t("Sort Runs By"), [
      by("startTime", vscode.l10n.t("Start time"), "clock"),
      by("duration", vscode.l10n.t("Duration"), "watch"),
      by("name", vscode.l10n.t("Name"), "case-sensitive"),
      by("status", vscode.l10n.t("Status"), "pass"),
      separator(vscode.l10n.t("Metric (last value)")),
      ...metrics.map((name) => by(`metric:${name}`, name, "graph-line")),
      separator(vscode.l10n.t("Param")),
      ...params.map((name) => by(`param:${name}`, name, "settings")),
    ]);
    if (!chosen) return;
    const descending = chosen === current.key ? !current.descending : descendingAtFirst(chosen);
    change({ sort: { key: chosen, descending } });
  }

  async function group(): Promise<void> {
    const { tags } = await allKeys();
    const chosen = await pick<ViewState["group"]>(vscode.l10n.t("Group Runs By"), [
      choice(vscode.l10n.t("Experiment"), "beaker", "experiment"),
      choice(vscode.l10n.t("Status"), "pass", "status"),
      choice(vscode.l10n.t("Script"), "file-code", "script"),
      choice(vscode.l10n.t("Nothing: one list"), "list-flat", "none"),
      separator(vscode.l10n.t("Tag")),
      ...tags.map((tag) => choice<ViewState["group"]>(tag, "tag", `tag:${tag}`)),
    ]);
    if (chosen) change({ group: chosen });
  }

  return vscode.Disposable.from(
    register(Command.filter, "filter the runs", filter),
    register(Command.clearFilter, "clear the filter", () => change({ filter: {} })),
    register(Command.sort, "sort the runs", sort),
    register(Command.group, "group the runs", group),
    register(Command.refresh, "read the runs again", () => tree.refresh()),
    register(Command.loadMore, "load more runs", (node) =>
      isNode(node) && node.kind === "more" ? tree.loadMore(node) : undefined,
    ),
    register(Command.clearChosen, "clear the choice", () => tree.chosen.set(tree.chosen.all, false)),
  );
}

const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });

const choice = <T>(label: string, icon: string, value: T): Choice<T> => ({
  label,
  iconPath: new vscode.ThemeIcon(icon),
  value,
});

const descendingAtFirst = (key: SortKey) =>
  key.startsWith("metric:")
    ? !LESS_IS_BETTER.test(key)
    : key === "startTime" || key === "endTime" || key === "duration";

async function pick<T>(title: string, choices: Choice<T>[]): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(choices, { title }))?.value;
}

/** One of the choices, or a text that is typed and looked for in names, notes, tags and scripts. */
function pickOrType(choices: Choice<RunFilter>[], text = ""): Promise<RunFilter | undefined> {
  const picker = vscode.window.createQuickPick<Choice<RunFilter>>();
  picker.title = vscode.l10n.t("Filter Runs");
  picker.placeholder = vscode.l10n.t("Type a text to look for, or choose");
  const show = (value: string) => {
    const typed = choice<RunFilter>(vscode.l10n.t("Contains “{0}”", value), "search", { text: value });
    picker.items = value === "" ? choices : [{ ...typed, alwaysShow: true }, ...choices];
  };
  picker.onDidChangeValue((value) => show(value.trim()));
  picker.value = text;
  show(text);
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const typed = picker.value.trim();
      // Who types quickly is done before the entry for what was typed is there.
      resolve(picker.selectedItems[0]?.value ?? (typed === "" ? undefined : { text: typed }));
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
