import { expect, type Page } from "@playwright/test";

/** Picks an entry of the menu that is open, and waits until the menu is gone. */
export async function pickFromMenu(page: Page, entry: string): Promise<void> {
  const item = page.getByRole("menuitem", { name: entry, exact: true });
  await expect(item).toBeVisible();
  // A menu takes no click in its first moments.
  await expect(async () => {
    if (await item.isVisible()) await item.click({ timeout: 1_000 });
    await expect(item).toBeHidden({ timeout: 300 });
  }).toPass();
}
