import { expect, type FrameLocator, type Locator } from "@playwright/test";

/** A document of ours, as the active editor shows it: rendered Markdown. */
export class Report {
  readonly body: Locator;

  constructor(frame: FrameLocator) {
    this.body = frame.locator(".markdown-body");
  }

  /** Waits until the document says this. */
  async says(text: string | RegExp): Promise<void> {
    await expect(this.body).toContainText(text);
  }

  /** The cells of the table row that begins with this, behind its first one. */
  async row(first: string): Promise<string[]> {
    const row = this.body
      .locator("tr")
      .filter({ has: this.body.page().locator("td:first-child").getByText(first, { exact: true }) });
    await expect(row.first()).toBeVisible();
    return (await row.first().locator("td").allTextContents()).slice(1);
  }
}
