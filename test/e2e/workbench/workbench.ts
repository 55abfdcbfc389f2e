import path from "node:path";
import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";
import { Editor } from "./editor";
import { Experiments } from "./experiments";
import { Notifications } from "./notifications";
import { QuickInput } from "./quickInput";
import { Report } from "./report";
import { RunForm } from "./runForm";
import { RunsTable } from "./runsTable";
import { Terminal } from "./terminal";
import { TreeView } from "./treeView";

/** VS Code in the page, as its user sees it. Methods wait until what they do has happened. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly editor: Editor;
  readonly terminal: Terminal;
  readonly notifications: Notifications;
  readonly experiments: Experiments;

  constructor(
    readonly page: Page,
    readonly address: string,
  ) {
    this.quickInput = new QuickInput(page);
    this.editor = new Editor(page);
    this.terminal = new Terminal(page);
    this.notifications = new Notifications(page);
    this.experiments = new Experiments(page);
  }

  /** Opens the window and waits until it can be used. */
  async open(): Promise<void> {
    await this.page.goto(this.address);
    await this.untilReady();
  }

  /**
   * Reloads as a user does: VS Code stores its state first, which a reload by the browser may cut short.
   * @param meanwhile is done when the old window is gone
   */
  async reload(meanwhile?: () => Promise<void>): Promise<void> {
    const left = this.page.waitForEvent("framenavigated", (frame) => frame === this.page.mainFrame());
    const loaded = this.page.waitForEvent("load");
    await this.runCommand("Developer: Reload Window");
    await left;
    await meanwhile?.();
    await loaded;
    await this.untilReady();
  }

  /** Closes the page as a user does, whatever VS Code asks. */
  async close(): Promise<void> {
    const closed = this.page.waitForEvent("close");
    this.page.on("dialog", (dialog) => void dialog.accept());
    await this.page.close({ runBeforeUnload: true });
    await closed;
  }

  private async untilReady(): Promise<void> {
    await expect(this.page.locator(".monaco-workbench .part.statusbar")).toBeVisible();
    await expect(this.page.locator(".part.activitybar .action-item").first()).toBeVisible();
  }

  /** Runs a command by its whole title, as the palette shows it: "Modeltrail: Run File". */
  async runCommand(title: string): Promise<void> {
    // Which commands there are is settled when the list opens: right after the start, one may come after that.
    await expect(async () => {
      await this.page.keyboard.press("F1");
      await this.quickInput.fill(`>${title}`);
      await this.quickInput.choose(title, 10_000);
    }).toPass();
  }

  /** Opens a file of the folder by its path in it. */
  async openFile(file: string): Promise<void> {
    const name = path.posix.basename(file);
    await this.page.keyboard.press("ControlOrMeta+P");
    await this.quickInput.fill(file);
    await this.quickInput.choose(name);
    await expect(this.editor.tab(name)).toHaveClass(/active/);
  }

  /** Hides the panel with the terminals. */
  async hidePanel(): Promise<void> {
    const panel = this.page.locator(".part.panel");
    if (await panel.isVisible()) await panel.getByRole("button", { name: /^Hide Panel/ }).click();
    await expect(panel).toBeHidden();
  }

  /** Drags the side bar's edge until it is this wide, in pixels. */
  async widenSideBar(width: number): Promise<void> {
    const sideBar = this.page.locator(".part.sidebar");
    const { x, y, width: now, height } = (await sideBar.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await this.page.mouse.move(x + now, y + height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width, y + height / 2, { steps: 5 });
    await this.page.mouse.up();
  }

  /** The tree view with this title; `container` is the name of its icon in the activity bar. */
  tree(title: string, container = "Modeltrail"): TreeView {
    return new TreeView(this.page, title, container);
  }

  /** An entry of the status bar that shows this text. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator(".part.statusbar .statusbar-item").filter({ hasText: text });
  }

  /** The modal dialog that is open. */
  get dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  /** Rests the pointer on something until what shows there has this text. */
  async hover(what: Locator, text: string): Promise<void> {
    const shown = this.page.locator(".monaco-hover").filter({ hasText: text });
    // It shows when the pointer comes to rest, and goes when what is below the pointer is drawn anew.
    await expect(async () => {
      await this.page.locator(".part.statusbar").hover();
      await what.hover();
      await expect(shown).toBeVisible({ timeout: 3_000 });
    }).toPass();
  }

  /** The page with the walkthroughs. */
  get walkthrough(): Locator {
    return this.page.locator(".gettingStartedContainer");
  }

  /** The content of the active webview: two frames, one in the other. */
  webview(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");
  }

  /** The document of ours that the active editor shows. */
  report(): Report {
    return new Report(this.webview());
  }

  /** The page of Run With Arguments that is open. */
  runForm(): RunForm {
    return new RunForm(this.webview());
  }

  /** The Runs table that is open. */
  runsTable(): RunsTable {
    return new RunsTable(this.webview());
  }

  /** Saves a picture of the window beside the other results, for whoever wants to look. */
  async look(name: string): Promise<void> {
    await this.photograph(path.resolve(import.meta.dirname, "../../../test-results/pictures"), name);
  }

  /** The same, for the README when MODELTRAIL_PICTURES names the folder of its pictures. */
  async picture(name: string): Promise<void> {
    const folder = process.env.MODELTRAIL_PICTURES;
    if (folder) await this.photograph(path.resolve(folder), name);
    else await this.look(name);
  }

  private async photograph(folder: string, name: string): Promise<void> {
    // Nothing is to look as if the pointer were on it. A modal dialog lets it go nowhere else.
    if (!(await this.dialog.isVisible())) await this.page.locator(".part.statusbar").hover();
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }
}
