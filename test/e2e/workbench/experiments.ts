import { expect, type Locator, type Page } from "@playwright/test";
import type { RunStatus } from "../../../src/domain/run";
import { TreeView } from "./treeView";

/** The Experiments view. */
export class Experiments extends TreeView {
  constructor(page: Page) {
    super(page, "Experiments", "Modeltrail");
  }

  /** The names of the runs on the screen, in order. */
  async runs(): Promise<string[]> {
    return await this.runRows.locator(".label-name").allTextContents();
  }

  /** The row of a run. */
  run(name: string): Locator {
    return this.runRows.and(this.row(name));
  }

  /** Waits until the view shows a run that is not one of these, and gives its name. */
  async newRun(known: readonly string[]): Promise<string> {
    const unknown = async () => (await this.runs()).find((name) => !known.includes(name));
    await expect.poll(unknown).toBeDefined();
    return (await unknown()) ?? "";
  }

  /** Waits until the view shows that a run is in this state, in the words for people: "failed with exit code 3". */
  async untilStatus(name: string, status: RunStatus | RegExp): Promise<void> {
    const words = typeof status === "string" ? new RegExp(`^${name}, ${status}\\b`) : status;
    await expect(this.run(name)).toHaveAttribute("aria-label", words);
  }

  async isRunning(name: string): Promise<boolean> {
    return / running\b/.test((await this.run(name).getAttribute("aria-label")) ?? "");
  }

  /** What a part of a run holds: labels with what stands beside them. One run and that part are unfolded. */
  async read(section: string): Promise<Record<string, string>> {
    const rows = await this.rows();
    const at = rows.findIndex(({ label }) => label === section);
    const level = rows[at]?.level ?? 0;
    const end = rows.findIndex((row, index) => index > at && row.level <= level);
    const inside = rows.slice(at + 1, end < 0 ? undefined : end).filter((row) => row.level === level + 1);
    return Object.fromEntries(inside.map(({ label, description }) => [label, description]));
  }

  /** Unfolds a part of the one run that is unfolded, reads it and folds it again. */
  async readAndFold(section: string): Promise<Record<string, string>> {
    const row = this.row(section);
    await this.expand(row);
    await expect.poll(async () => Object.keys(await this.read(section)).length).toBeGreaterThan(0);
    const found = await this.read(section);
    await this.collapse(row);
    return found;
  }

  /** Rows with a checkbox are runs. */
  private get runRows(): Locator {
    return this.pane.locator(".monaco-list-row").filter({ has: this.page.getByRole("checkbox") });
  }
}
