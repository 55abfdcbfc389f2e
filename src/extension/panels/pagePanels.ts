/** Panels of one kind: opened, brought back after a reload, several at once. */
import * as vscode from "vscode";
import type * as z from "zod";
import { oneLine } from "../../domain/oneLine";
import type { Panel } from "../contributions";
import { pageOptions } from "./webviewPage";

export interface PagePanelsOptions<State> {
  type: (typeof Panel)[keyof typeof Panel];
  dist: vscode.Uri;
  /** What the page keeps with `keepState`; a panel whose state is not of this shape is not brought back. */
  state: z.ZodType<State>;
  /** Panels with the same key are one, which is brought to the front; undefined: always a new one. */
  key(state: State): string | undefined;
  title(state: State): string;
  icon?: { light: vscode.Uri; dark: vscode.Uri };
  /** Shows the page (`showPage`). What is to end with the panel ends with `onDidDispose`. */
  fill(panel: vscode.WebviewPanel, state: State): void;
}

type Place = Parameters<typeof vscode.window.createWebviewPanel>[2];

export interface PagePanels<State> extends vscode.WebviewPanelSerializer {
  open(state: State, column?: Place): vscode.WebviewPanel;
}

export function createPagePanels<State>(options: PagePanelsOptions<State>): PagePanels<State> {
  const { type, dist, fill } = options;
  const panels = new Map<string, vscode.WebviewPanel>();

  function show(panel: vscode.WebviewPanel, state: State): void {
    const key = options.key(state);
    if (key !== undefined) {
      panels.set(key, panel);
      panel.onDidDispose(() => {
        if (panels.get(key) === panel) panels.delete(key);
      });
    }
    panel.title = pageTitle(options.title(state));
    if (options.icon) panel.iconPath = options.icon;
    fill(panel, state);
  }

  return {
    open(state, column = vscode.ViewColumn.Active) {
      const key = options.key(state);
      const shown = key === undefined ? undefined : panels.get(key);
      if (shown) {
        shown.reveal();
        return shown;
      }
      const panel = vscode.window.createWebviewPanel(type, pageTitle(options.title(state)), column, pageOptions(dist));
      show(panel, state);
      return panel;
    },
    async deserializeWebviewPanel(panel, kept) {
      const { data, success } = options.state.safeParse(kept);
      if (success) show(panel, data);
      else panel.dispose();
    },
  };
}

const MOST_TITLE = 80;

/** A tab's title of what may be a name of the user's: short, and without what would turn it around. */
export const pageTitle = (title: string): string => oneLine(title, MOST_TITLE);
