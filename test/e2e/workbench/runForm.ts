import { expect, type FrameLocator, type Locator } from "@playwright/test";

/** The page of Run With Arguments. */
export class RunForm {
  constructor(private readonly frame: FrameLocator) {}

  /** The text field of an argument, by its flag, or of a detail of the run, by its name. */
  field(name: string): Locator {
    return this.frame.getByRole("textbox", { name, exact: true });
  }

  async fill(name: string, value: string): Promise<void> {
    await this.field(name).fill(value);
  }

  /** The command line that would be run. */
  get commandLine(): Locator {
    return this.frame.getByRole("region", { name: "Command line" });
  }

  /** Starts the run and waits until the page says that it started. */
  async run(): Promise<void> {
    await this.frame.getByRole("button", { name: "Run", exact: true }).click();
    await expect(this.frame.getByRole("status").filter({ hasText: "Started." })).toBeVisible();
  }
}
