import { expect, type FrameLocator, type Locator } from "@playwright/test";

/** The page of the Runs table. */
export class RunsTable {
  constructor(readonly frame: FrameLocator) {}

  get grid(): Locator {
    return this.frame.locator("[role=grid], [role=treegrid]");
  }

  get filter(): Locator {
    return this.frame.getByRole("combobox", { name: "Filter" });
  }

  /** How many runs there are, and how many of them are shown. */
  get count(): Locator {
    return this.frame.locator(".count-all");
  }

  /** The rows in sight, from the top. */
  get rows(): Locator {
    return this.frame.locator(".row");
  }

  /** The row in this place. */
  row(place: number): Locator {
    return this.frame.locator(`.row[data-place="${place}"]`);
  }

  heading(title: string): Locator {
    return this.frame.getByRole("columnheader", { name: title });
  }

  /** The cell of a row in the column with this title. */
  async cell(row: Locator, title: string): Promise<Locator> {
    const column = await this.heading(title).getAttribute("aria-colindex");
    return row.locator(`[aria-colindex="${column}"]`);
  }

  async choose(menuOf: Locator, label: string): Promise<void> {
    await menuOf.click({ button: "right" });
    await this.item(label).click();
  }

  /** An item of the menu that is open. */
  item(label: string): Locator {
    return this.frame.locator("[role^=menuitem]").filter({ has: this.frame.getByText(label, { exact: true }) });
  }

  async select(places: readonly number[]): Promise<void> {
    for (const place of places) await this.row(place).getByRole("checkbox").locator("..").click();
    await expect(this.frame.getByText(`${places.length} selected`)).toBeVisible();
  }
}
