import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Locator } from "@playwright/test";
import { openStore } from "../../src/store/open";
import { type MadeRun, makeRuns } from "./chartRuns";
import { expect, test } from "./fixtures";
import type { Workbench } from "./workbench/workbench";

test.use({ example: "quickstart", venv: false });

/** Forty runs: of each depth and rate two seeds. Depth 4 with rate 0.1 does best. */
function sweep(): MadeRun[] {
  const runs: MadeRun[] = [];
  for (const depth of [1, 2, 4, 8]) {
    for (const rate of ["0.5", "0.1", "0.05", "0.01", "0.001"]) {
      for (const seed of [1, 2]) {
        const accuracy = 0.9 - Math.abs(depth - 4) / 20 - Math.abs(Number(rate) - 0.1) / 2 + seed / 1000;
        runs.push({
          name: `depth ${depth} rate ${rate} seed ${seed}`,
          params: { depth: String(depth), rate, seed: String(seed), model: "trees" },
          tags: seed === 1 ? { team: "vision" } : {},
          metrics: { accuracy: [0.1, accuracy], loss: [2, 1 - accuracy] },
        });
      }
    }
  }
  return runs;
}
const BEST = "depth 4 rate 0.1 seed 2";

async function openTable(workbench: Workbench, first: string) {
  await workbench.experiments.open();
  await expect(workbench.experiments.run(first)).toBeVisible();
  await workbench.runCommand("Modeltrail: Open Runs Table");
  const table = workbench.runsTable();
  await expect(table.row(0)).toContainText(first);
  return table;
}

test("the best run is found by clicks, and by keys alone", async ({ workbench, page, folder }) => {
  makeRuns(folder, sweep());
  const table = await openTable(workbench, "depth 8 rate 0.001 seed 2");
  await expect(table.count).toHaveText("40 runs");
  // What all have in common is left out.
  await expect(table.heading("model")).toBeHidden();

  // Which is best? More accuracy is better, less loss.
  await table.heading("accuracy").click();
  await expect(table.row(0)).toContainText(BEST);
  await table.heading("loss").click();
  await expect(table.row(0)).toContainText(BEST);

  // How do others compare with it?
  await table.choose(table.row(0), "Compare with This Run as Baseline");
  await expect(await table.cell(table.row(1), "accuracy")).toContainText(/▼-0\.001.*worse than the baseline/);
  await table.frame.getByRole("button", { name: "Heat" }).click();
  await workbench.look("table-baseline");

  // Only those of its depth, by clicking the value; then rates with mean and spread.
  await table.choose(await table.cell(table.row(0), "depth"), "Only Runs With This Value");
  await expect(table.count).toHaveText("10 of 40 runs");
  await table.choose(table.heading("rate"), "Group by This");
  await expect(table.rows).toHaveCount(5);
  await expect(await table.cell(table.row(0), "accuracy")).toHaveText("0.9015 ± 7.0711e-4");
  await table.row(0).click();
  await expect(table.row(1)).toContainText(BEST);
  await workbench.picture("runs-table");

  // All of it comes back after a reload.
  await workbench.reload();
  await expect(table.count).toHaveText("10 of 40 runs");
  await expect(table.row(1)).toContainText(BEST);
  await expect(table.filter).toHaveValue("params.depth = '4'");

  // By keys alone: what is filtered and grouped goes, another filter is completed, and the best is sorted to the top.
  await table.filter.press("Escape");
  await expect(table.count).toHaveText("40 runs");
  await table.frame.getByRole("button", { name: "Views" }).press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await table.filter.focus();
  await page.keyboard.type("team");
  await expect(table.frame.getByRole("option", { name: "tags.team" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type("= ");
  await expect(table.frame.getByRole("option", { name: "vision" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(table.filter).toHaveValue("tags.team = 'vision' ");
  await page.keyboard.press("Enter");
  await expect(table.count).toHaveText("20 of 40 runs");
  await expect(table.grid).toBeFocused();
  await page.keyboard.press("ControlOrMeta+ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Home");
  const accuracy = Number(await table.heading("accuracy").getAttribute("aria-colindex"));
  for (let column = 2; column < accuracy; column++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(table.row(0)).toContainText("depth 4 rate 0.1 seed 1");

  // Renamed, pinned and given a baseline without a mouse; the store has it.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Home");
  await page.keyboard.press("F2");
  await page.keyboard.type("the one");
  await page.keyboard.press("Enter");
  await expect(table.row(0)).toContainText("the one");
  await page.keyboard.press("p");
  await expect(table.row(0).getByRole("img", { name: "pinned" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+c");
  await expect(table.frame.getByText("Copied 20 rows.")).toBeVisible();

  // What differs between the best three, and the code of two: the documents and editors that there are for it.
  await table.select([0, 1, 2]);
  await table.frame.getByRole("button", { name: "What Changed" }).click();
  await expect(page.locator(".tab.active")).toContainText("the one ↔");
});

const MARK = "owned";
const ATTACKS = [
  `<img src=x onerror="document.title='${MARK}'">`,
  `<script>document.title='${MARK}'</script>`,
  `"><svg onload="document.title='${MARK}'">`,
  `javascript:document.title='${MARK}'`,
  `{{constructor.constructor('document.title="${MARK}"')()}}`,
  "</div></div></main><h1>escaped</h1>",
  "</style><style>*{display:none}</style>",
  "__proto__",
  "\u202egnp.exe\u0007\n\n\n",
  "x".repeat(10_000),
  "%s%n{7*7}' OR 1=1 --",
];

test("hostile and odd values run nothing and break nothing, in any theme", async ({ workbench, page, folder }) => {
  const ids = makeRuns(
    folder,
    ATTACKS.map((attack, at) => ({
      name: attack,
      params: { [attack]: attack, odd: ["NaN", "1e-300", "1e300", ""][at % 4]! },
      tags: { [attack.slice(0, 200)]: attack },
      metrics: { [attack]: [at], odd: [[Number.NaN, 1e-300, 1e300, Number.NEGATIVE_INFINITY][at % 4]!] },
    })),
  );
  const store = openStore(folder);
  store.setNote(ids[0]!, ATTACKS.join("\n"));
  store.renameRun(ids.at(-1)!, "newest");
  store.close();
  const table = await openTable(workbench, "newest");
  await expect(table.count).toHaveText(`${ATTACKS.length} runs`);
  const heights = await table.rows.evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
  expect(new Set(heights)).toEqual(new Set([26]));
  await table.choose(table.row(0).locator(".name"), "Compare with This Run as Baseline");
  await table.frame.getByRole("button", { name: "Heat" }).click();
  await table.filter.fill("<img");
  await table.filter.fill(`name = '${ATTACKS[1]!.replaceAll("'", "''")}'`);
  await expect(table.count).toHaveText(`1 of ${ATTACKS.length} runs`);
  await table.filter.fill("");
  await expect(table.frame.getByText("escaped", { exact: true })).toHaveCount(0);

  for (const theme of ["Dark Modern", "Light Modern", "Dark High Contrast", "Light High Contrast"]) {
    await workbench.runCommand("Preferences: Color Theme");
    await workbench.quickInput.fill(theme);
    await workbench.quickInput.choose(theme);
    await expect(table.frame.locator("body")).toHaveAttribute("data-vscode-theme-name", theme);
    expect(await seriousFaults(table.grid)).toEqual([]);
    await workbench.look(`table-${theme.toLowerCase().replaceAll(" ", "-")}`);
  }
  await table.frame.getByRole("button", { name: "Columns" }).click();
  expect(await seriousFaults(table.grid)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveTitle(MARK);
  expect(await table.grid.evaluate(() => document.title)).not.toBe(MARK);
});

/** What axe-core finds in the page of this element, of what keeps people from using it. */
async function seriousFaults(element: Locator): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const handle = await element.elementHandle();
  const frame = await handle!.ownerFrame();
  await frame!.evaluate(source);
  return frame!.evaluate(async () => {
    interface Axe {
      run(): Promise<{
        violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
      }>;
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 300)} ${failureSummary}`),
      );
  });
}
