import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Locator } from "@playwright/test";
import type { Workbench } from "./workbench/workbench";

const THEMES = ["Dark Modern", "Light Modern", "Dark High Contrast", "Light High Contrast"];

interface Axe {
  run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
}

/** What axe-core finds in the page of this element, of what keeps people from using it. */
export async function seriousFaults(element: Locator): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const frame = await (await element.elementHandle())!.ownerFrame();
  await frame!.evaluate(source);
  return frame!.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return serious.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 300)} ${failureSummary}`),
    );
  });
}

/** Looks for faults of a page in every kind of theme, and saves a picture of each. `element`: one of the page's own. */
export async function checkInAllThemes(workbench: Workbench, element: Locator, name: string): Promise<void> {
  await inAllThemes(workbench, element, (theme) => check(workbench, element, `${name}-${theme}`));
}

/** Looks for faults of a page as it is, and saves a picture of it. */
export async function check(workbench: Workbench, element: Locator, name: string): Promise<void> {
  expect(await seriousFaults(element)).toEqual([]);
  await workbench.look(name);
}

/** Does something in every kind of theme. `work` is given the theme's name, as one of a file. */
export async function inAllThemes(
  workbench: Workbench,
  element: Locator,
  work: (theme: string) => Promise<void>,
): Promise<void> {
  const body = element.locator("xpath=ancestor::body");
  for (const theme of THEMES) {
    await workbench.runCommand("Preferences: Color Theme");
    await workbench.quickInput.fill(theme);
    await workbench.quickInput.choose(theme);
    await expect(body).toHaveAttribute("data-vscode-theme-name", theme);
    await work(theme.toLowerCase().replaceAll(" ", "-"));
  }
}
