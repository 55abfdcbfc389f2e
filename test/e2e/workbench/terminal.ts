import { expect, type Locator, type Page } from "@playwright/test";

/** The terminal that the panel shows. */
export class Terminal {
  private readonly screen: Locator;

  constructor(private readonly page: Page) {
    this.screen = page.locator(".part.panel .terminal-wrapper.active .xterm");
  }

  /** The text on its screen, line by line. */
  async text(): Promise<string> {
    const lines = await this.screen.locator(".xterm-rows > div").allTextContents();
    return lines.map((line) => line.replaceAll("\u00a0", " ").trimEnd()).join("\n");
  }

  /** Waits until its screen shows this. */
  async shows(text: string | RegExp): Promise<void> {
    const matching = typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text);
    await expect.poll(() => this.text()).toEqual(matching);
  }

  /** Types a line into it. */
  async type(line: string): Promise<void> {
    await this.screen.click();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press("Enter");
  }

  async press(key: string): Promise<void> {
    await this.screen.click();
    await this.page.keyboard.press(key);
  }
}
