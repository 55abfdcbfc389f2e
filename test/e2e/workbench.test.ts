import { expect, test } from "./fixtures";

test("the packaged extension is active in VS Code", async ({ workbench, page }) => {
  await workbench.tree("Experiments").open();
  await workbench.runCommand("Developer: Show Running Extensions");
  const list = page.locator(".runtime-extensions-editor .monaco-list");
  const active = list.locator(".extension").filter({ hasText: "Modeltrail" });
  await list.hover();
  // The slowest to activate come first, and the page has only the rows on the screen.
  await expect(async () => {
    await page.mouse.wheel(0, 200);
    await expect(active.locator(".activation-time")).toContainText(/\d+ms/, { timeout: 500 });
  }).toPass();
  console.log(`      VS Code's own accounting: ${await active.locator(".activation-time").textContent()}`);
});
