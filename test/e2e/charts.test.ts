import { openStore } from "../../src/store/open";
import { checkInAllThemes } from "./accessibility";
import { makeRuns } from "./chartRuns";
import { expect, test } from "./fixtures";

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
