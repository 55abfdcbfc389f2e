import { openStore } from "../../src/store/open";
import { check, checkInAllThemes, inAllThemes } from "./accessibility";
import { type MadeRun, makeRuns } from "./chartRuns";
import { expect, test } from "./fixtures";
import { RunsTable } from "./workbench/runsTable";

test.use({ example: "quickstart", venv: false });

const curve = (rate: number, count = 400) => Array.from({ length: count }, (_, step) => Math.exp(-rate * step) + 0.1);
const ATTACK = `<img src=x onerror="document.title='owned'">`;

test("curves are read, zoomed, hidden, averaged and followed", async ({ workbench, page, folder }) => {
  const spiked = curve(0.02, 5_000);
  spiked[3_333] = 42;
  makeRuns(folder, [
    { name: "slow", params: { lr: "0.01" }, metrics: { loss: curve(0.01), accuracy: [0.1, 0.5, 0.8] } },
    { name: "fast", params: { lr: "0.1" }, metrics: { loss: spiked, "broken/nan": [Number.NaN, Number.NaN] } },
    { name: ATTACK, params: { lr: "0.1" }, metrics: { loss: curve(0.03), [ATTACK]: [1e-300, 1e300], one: [3] } },
  ]);
  const [live] = makeRuns(folder, [{ name: "live", params: { lr: "1" }, metrics: { loss: [3, 2] }, running: true }]);
  await workbench.experiments.open();
  await expect(workbench.experiments.run("slow")).toBeVisible();
  await workbench.runCommand("Modeltrail: Open Charts");
  const charts = workbench.webview();
  const loss = charts.getByRole("region", { name: "loss", exact: true });
  const plot = loss.getByRole("group");
  await expect(plot).toHaveAttribute("data-lines", "4");
  // The greatest value of five thousand shows, however narrow the chart is.
  await expect(plot).toHaveAttribute("aria-label", /from 0 to 4999, values .* to 44/);
  await expect(charts.getByText("No value is a finite number.")).toBeVisible();
  await workbench.look("charts");

  await plot.focus();
  for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  await expect(loss.getByRole("status")).toContainText(/Step/);
  await workbench.look("charts-readout");
  await page.keyboard.press("+");
  await expect(plot).not.toHaveAttribute("aria-label", /from 0 to 4999/);
  await page.keyboard.press("0");
  await expect(plot).toHaveAttribute("aria-label", /from 0 to 4999/);

  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect(plot).toHaveAttribute("aria-label", /values .* to 44/);
  await charts.getByRole("button", { name: "Show All" }).click();

  await charts.getByRole("checkbox", { name: "Show fast" }).uncheck();
  await expect(plot).toHaveAttribute("data-lines", "3");
  await expect(plot).toHaveAttribute("aria-label", /values .* to 3\./);

  const store = openStore(folder);
  const points = [{ key: "loss", step: 2, value: 77, time: Date.now() }];
  store.ingest(live!, { points: [{ source: "api", points }] });
  store.close();
  await expect(plot).toHaveAttribute("aria-label", /values .* to 80/);

  await charts.getByRole("combobox", { name: "Curves" }).click();
  await charts.getByRole("option", { name: "lr" }).click();
  await expect(plot).toHaveAttribute("data-lines", "3");
  await expect(charts.getByText("lr: 0.01")).toBeVisible();
  await workbench.look("charts-groups");

  await workbench.reload();
  await expect(charts.getByText("lr: 0.01")).toBeVisible();
  await expect(plot).toHaveAttribute("data-lines", "3");
  await checkInAllThemes(workbench, plot, "charts");
  await expect(page).not.toHaveTitle(/owned/);
});

/** Thirty runs. More accuracy comes of a rate near 0.01, and a little of the optimizer. */
const sweep = (): MadeRun[] =>
  Array.from({ length: 30 }, (_, at) => {
    const lr = 10 ** (-4 + (at % 10) / 3);
    const optimizer = ["adam", "sgd", ATTACK][at % 3]!;
    const accuracy = 0.9 - Math.abs(Math.log10(lr) + 2) / 5 - (at % 3) / 50 + ((at * 7) % 5) / 500;
    return {
      name: at === 7 ? ATTACK : `trial ${at}`,
      params: { lr: lr.toPrecision(3), optimizer, seed: String(at % 2), epochs: "10" },
      metrics: { accuracy: [0.1, 0.5, accuracy], loss: [2, 1, 1 - accuracy] },
    };
  });

test("values of runs are set against each other, chosen by brushes, and judged", async ({
  workbench,
  page,
  folder,
}) => {
  makeRuns(folder, sweep());
  await workbench.experiments.open();
  await expect(workbench.experiments.run("trial 29")).toBeVisible();
  await workbench.runCommand("Modeltrail: Open Charts");
  const panels = page.frameLocator("iframe.webview.ready");
  const charts = panels.first().frameLocator("iframe#active-frame");
  const plot = charts.locator(".whole .plot");
  const kind = async (name: string) => {
    await charts.getByRole("tab", { name }).click();
    await expect(plot).toBeVisible();
  };
  const choose = async (field: string, value: string) => {
    await charts.getByRole("combobox", { name: field, exact: true }).click();
    await page.keyboard.type(value);
    await page.keyboard.press("Enter");
  };

  await charts.getByRole("tab", { name: "Curves" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(plot).toHaveAttribute("aria-label", /^accuracy against lr: 30 runs\./);
  await choose("Colour", "optimizer");
  await plot.focus();
  await page.keyboard.press("End");
  await expect(charts.locator(".readout")).toContainText(/lr\s*0\.1/);

  await kind("Parallel Coordinates");
  const left = charts.locator(".chart-aside");
  await expect(left).toHaveText("30 of 30 runs are left");
  await charts.getByRole("slider", { name: "lr, from" }).focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press("PageUp");
  await expect(left).toHaveText("12 of 30 runs are left");
  await charts.getByRole("button", { name: "Filter Runs Table" }).click();
  const table = new RunsTable(panels.last().frameLocator("iframe#active-frame"));
  await expect(table.count).toHaveText("12 of 30 runs");
  await expect(table.filter).toHaveValue(/^params\.lr >= 0\.006/);
  const strip = charts.locator(`[data-axis="param:optimizer"]`);
  // The page is narrow now, and scrolls.
  await strip.scrollIntoViewIfNeeded();
  const axis = (await strip.boundingBox())!;
  await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height - 2);
  await page.mouse.down();
  await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height * 0.6, { steps: 4 });
  await page.mouse.up();
  await expect(left).toHaveText("4 of 30 runs are left");
  await expect(table.count).toHaveText("4 of 30 runs");
  await expect(charts.locator(".legend li")).toHaveCount(4);
  await workbench.look("charts-and-table");

  await kind("Bars and Boxes");
  await choose("Of", "optimizer");
  await expect(plot).toHaveAttribute("data-items", "3");
  await kind("Importance");
  await expect(plot).toHaveAttribute("aria-label", /3 params, lr the most/);
  await expect(charts.getByText(/random forest predicts \d+ %/)).toBeVisible();

  await workbench.reload();
  await expect(plot).toHaveAttribute("aria-label", /3 params, lr the most/);
  await inAllThemes(workbench, charts.getByRole("main"), async (theme) => {
    for (const name of ["Scatter", "Parallel Coordinates", "Bars and Boxes", "Importance"]) {
      await kind(name);
      await check(workbench, plot, `charts-${name.toLowerCase().replaceAll(" ", "-")}-${theme}`);
    }
  });
  await kind("Parallel Coordinates");
  await expect(left).toHaveText("4 of 30 runs are left");
  await expect(page).not.toHaveTitle(/owned/);
});
