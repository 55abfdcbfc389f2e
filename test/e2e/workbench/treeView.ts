import { expect, type Locator, type Page } from "@playwright/test";
import { pickFromMenu } from "./menu";
import { exactly } from "./quickInput";

/** One tree view of the side bar. A tree has only the rows in the page that the window shows. */
export class TreeView {
  readonly pane: Locator;

  constructor(
    protected readonly page: Page,
    title: string,
    private readonly container: string,
  ) {
    const header = page.locator(".pane-header .title").filter({ hasText: exactly(title) });
    this.pane = page.locator(".part.sidebar .pane").filter({ has: header });
  }

  /** Shows the view's container in the side bar and unfolds the view. */
  async open(): Promise<void> {
    const tab = this.page.getByRole("tab", { name: new RegExp(`^${this.container}`) }).locator(".action-label");
    // A container that comes up by itself at this very moment is closed by the click.
    await expect(async () => {
      if (!(await this.pane.isVisible())) await tab.click();
      await expect(this.pane).toBeVisible({ timeout: 10_000 });
    }).toPass();
    const header = this.pane.locator(".pane-header");
    if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
  }

  /** Folds the view, so that others in the side bar have the room. */
  async fold(): Promise<void> {
    const header = this.pane.locator(".pane-header");
    if ((await header.getAttribute("aria-expanded")) === "true") await header.click();
    await expect(header).toHaveAttribute("aria-expanded", "false");
  }

  /** The rows whose label is this, whole; `description` narrows them to those with that text beside the label. */
  row(label: string | RegExp, description?: string | RegExp): Locator {
    const rows = this.pane.locator(".monaco-list-row");
    const withPart = (part: string, text: string | RegExp) =>
      rows.filter({
        has: this.page.locator(part).filter({ hasText: typeof text === "string" ? exactly(text) : text }),
      });
    let found = withPart(".label-name", label);
    const [, stem, ending] = /^(.+)(\.\w+)$/.exec(String(label)) ?? [];
    // The label of a file may come in two parts.
    if (stem && ending) found = found.or(withPart(".label-name", stem).and(withPart(".label-suffix", ending)));
    return description === undefined ? found : found.and(withPart(".label-description", description));
  }

  /** Waits until the view says this above its rows, or in their place. */
  async says(text: string): Promise<void> {
    await expect(this.pane.locator(".message, .welcome-view").filter({ hasText: text, visible: true })).toBeVisible();
  }

  /** Label and description of each row on the screen, in order. */
  async rows(): Promise<{ label: string; description: string; level: number }[]> {
    return await this.pane.locator(".monaco-list-row").evaluateAll((rows) =>
      rows
        .sort((a, b) => Number(a.getAttribute("data-index")) - Number(b.getAttribute("data-index")))
        .map((row) => ({
          label: [".label-name", ".label-suffix"].map((part) => row.querySelector(part)?.textContent ?? "").join(""),
          description: row.querySelector(".label-description")?.textContent ?? "",
          level: Number(row.getAttribute("aria-level")),
        })),
    );
  }

  /** Waits until there is something below the row, and unfolds it. */
  async expand(row: Locator): Promise<void> {
    await expect(row).toHaveAttribute("aria-expanded", /true|false/);
    if ((await row.getAttribute("aria-expanded")) === "false") await row.locator(".monaco-tl-twistie").click();
    await expect(row).toHaveAttribute("aria-expanded", "true");
  }

  async collapse(row: Locator): Promise<void> {
    if ((await row.getAttribute("aria-expanded")) === "true") await row.locator(".monaco-tl-twistie").click();
    await expect(row).toHaveAttribute("aria-expanded", "false");
  }

  /** Presses a button of a row, by its tooltip. Rows show their buttons while the pointer is on them. */
  async press(row: Locator, action: string): Promise<void> {
    await row.hover();
    await row.getByRole("button", { name: action }).click();
  }

  /** Picks an entry of a row's context menu, or of a menu below one: `"Share", "Export Runs…"`. */
  async contextMenu(row: Locator, ...entry: string[]): Promise<void> {
    await row.click({ button: "right" });
    await pickFromMenu(this.page, ...entry);
  }

  /** A button in the view's title: in that of the side bar, when the view is alone there. */
  async pressTitle(action: string): Promise<void> {
    await this.pane.hover();
    const titles = this.page.locator(".part.sidebar > .title").or(this.pane.locator(".pane-header"));
    await titles.getByRole("button", { name: action }).click();
  }

  /** Ticks rows, or takes their ticks away. A click is lost where the row is drawn anew under the pointer. */
  async tick(rows: readonly Locator[], ticked = true): Promise<void> {
    for (const row of rows) {
      const box = row.getByRole("checkbox");
      await expect(async () => {
        if ((await box.isChecked({ timeout: 10_000 })) !== ticked) await box.click({ timeout: 10_000 });
        await expect(box).toBeChecked({ checked: ticked, timeout: 10_000 });
      }).toPass();
    }
  }
}
