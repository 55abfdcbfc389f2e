import { expect, type Locator, type Page } from "@playwright/test";

/** The box at the top: command palette, quick open, pickers and input boxes. */
export class QuickInput {
  readonly widget: Locator;
  readonly input: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator(".quick-input-widget");
    this.input = this.widget.locator(".quick-input-filter input");
  }

  /** Waits for the box and replaces its text. */
  async fill(text: string): Promise<void> {
    await expect(this.input).toBeFocused();
    await this.input.fill(text);
  }

  /**
   * Answers a box that asks for a text. A menu that closes late takes the focus back, and then the box goes: it is opened
   * again.
   */
  async answer(open: () => Promise<void>, text: string): Promise<void> {
    await expect(async () => {
      await open();
      await expect(this.input).toBeFocused({ timeout: 5_000 });
      await this.input.fill(text, { timeout: 5_000 });
      await this.accept(5_000);
    }).toPass();
  }

  /** The entries with this label, whole. */
  entry(label: string): Locator {
    const name = this.page.locator(".quick-input-list-label .label-name").filter({ hasText: exactly(label) });
    return this.widget.locator(".quick-input-list .monaco-list-row").filter({ has: name });
  }

  /** Takes the first entry with this label. */
  async choose(label: string, timeout?: number): Promise<void> {
    await this.entry(label).first().click({ timeout });
  }

  /** Toggles an entry of a picker that takes several. */
  async check(label: string): Promise<void> {
    await this.entry(label).first().getByRole("checkbox").click();
  }

  /** Presses a button of an entry. Entries show their buttons while the pointer is on them. */
  async pressButton(label: string, button: string): Promise<void> {
    await this.entry(label).first().hover();
    await this.entry(label).first().getByRole("button", { name: button }).click();
  }

  async accept(timeout?: number): Promise<void> {
    // A key for a box that is gone would go elsewhere, unnoticed.
    await expect(this.widget.locator(":focus")).toBeAttached({ timeout });
    await this.input.press("Enter");
  }

  async cancel(): Promise<void> {
    await this.input.press("Escape");
    await expect(this.widget).toBeHidden();
  }
}

/** Matches this text and no more; spaces in the page may be no-break ones. */
export function exactly(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "\\s");
  return new RegExp(`^\\s*${escaped}\\s*$`);
}
