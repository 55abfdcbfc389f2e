import { expect, type Page } from "@playwright/test";
import { exactly } from "./quickInput";

/** Picks an entry of the menu that is open, or of a menu below one of its entries, and waits until the menu is gone. */
export async function pickFromMenu(page: Page, ...path: string[]): Promise<void> {
  const entry = path.pop()!;
  for (const parent of path) await page.getByRole("menuitem", { name: parent, exact: true }).hover();
  // Beside the label there may be a key.
  const label = page.locator(".action-label").filter({ hasText: exactly(entry) });
  const item = page.getByRole("menuitem").filter({ has: label });
  await expect(item).toBeVisible();
  // A menu takes no click in its first moments.
  await expect(async () => {
    if (await item.isVisible()) await item.click({ timeout: 1_000 });
    await expect(item).toBeHidden({ timeout: 300 });
  }).toPass();
}
