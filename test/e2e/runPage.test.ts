import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { putBytes } from "../../src/store/objects";
import { openStore } from "../../src/store/open";
import { checkInAllThemes } from "./accessibility";
import { makeRuns } from "./chartRuns";
import { expect, test } from "./fixtures";

test.use({ example: "quickstart", venv: false });

const OWN = "parent.document.title = document.title = 'owned'";
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><script>${OWN}</script><rect width="90" height="60" fill="teal"/></svg>`;
const HTML = `<h1>Report</h1><img src=x onerror="${OWN}"><script>${OWN}</script>`;

const CONFUSION = JSON.stringify({
  labels: ["setosa", "<b>versicolor</b>", "virginica"],
  confusion_matrix: [
    [50, 0, 0],
    [0, 47, 3],
    [0, 1, 49],
  ],
});
/** As DVCLive writes it, whose first threshold is none that JSON knows. */
const ROC = `{"roc": [${[0, 0.1, 0.4, 1].map((fpr, at) => `{"fpr": ${fpr}, "tpr": ${[0, 0.7, 0.95, 1][at]}, "threshold": ${at ? 1 / at : "Infinity"}}`)}]}`;
/** Far more than the page shows of a log's end. */
const LONG_LOG = `the very first line\n${"epoch, loss, accuracy and more of it\n".repeat(40_000)}epoch 1\nLoss: 3\nepoch 2\n`;

test("a run's page shows all of it, searches its whole log, and runs nothing of its artifacts", async ({
  workbench,
  page,
  folder,
}) => {
  const hostile = { [`"><script>${OWN}</script>`]: "x".repeat(10_000) };
  const [id] = makeRuns(folder, [
    {
      name: "whole",
      params: { lr: "0.1", ...hostile },
      tags: { team: "vision" },
      metrics: { loss: [3, 2, 1], nan: [Number.NaN], "val/f1": [0.1, 0.9], "system/cpu_percent": [20, 97, 60] },
    },
  ]);
  const store = openStore(folder);
  const artifacts = await Promise.all(
    Object.entries({
      "plot.svg": SVG,
      "report.html": HTML,
      "scores.csv": "name,f1\na,0.5\nb,0.9\n",
      "eval/confusion_matrix.json": CONFUSION,
      "eval/roc.json": ROC,
    }).map(async ([name, text]) => ({ path: name, ...(await putBytes(store.folder, Buffer.from(text))) })),
  );
  store.ingest(id!, { artifacts, gaps: [{ kind: "no-git", message: "The project is not in a git repository." }] });
  const log = store.logPath(id!);
  store.close();
  mkdirSync(path.dirname(log), { recursive: true });
  appendFileSync(log, LONG_LOG);

  await workbench.experiments.open();
  await expect(workbench.experiments.run("whole")).toBeVisible();
  await workbench.runCommand("Modeltrail: Open Run");
  await workbench.quickInput.choose("whole");
  const run = workbench.webview();
  await expect(run.getByRole("heading", { name: "whole" })).toBeVisible();
  await expect(run.getByText("The project is not in a git repository.")).toBeVisible();
  await expect(run.getByRole("row", { name: /^val\/f1 0.9 0.1 0.9 2/ })).toBeVisible();
  await expect(run.getByRole("img", { name: "plot.svg" })).toBeVisible();
  await workbench.look("run-page");

  await run.getByRole("button", { name: "scores.csv" }).click();
  await expect(run.getByRole("cell", { name: "0.9", exact: true }).last()).toBeVisible();
  await run.getByRole("button", { name: "report.html" }).click();
  await expect(run.frameLocator("iframe[title='report.html']").getByRole("heading", { name: "Report" })).toBeVisible();

  const matrix = run.getByRole("img", { name: /^Confusion matrix of eval\/confusion_matrix.json. 97.3% right/ });
  await matrix.scrollIntoViewIfNeeded();
  await expect(matrix).toBeVisible();
  await expect(run.getByText("AUC 0.8675")).toBeVisible();
  await workbench.look("run-page-evaluation");
  await expect(run.getByText("cpu_percent: last 60, from 20 to 97 %")).toBeVisible();

  const search = run.getByRole("textbox", { name: "Search" });
  await search.fill("VERY FIRST");
  await expect(run.getByText("1 line", { exact: true })).toBeVisible();
  await search.fill("loss:");
  const hits = run.getByRole("list", { name: "Lines with the text" });
  await expect(hits.getByRole("button")).toHaveText(["40003Loss: 3"]);
  await hits.getByRole("button").press("Enter");
  const place = run.getByRole("region", { name: "Log around line 40003" });
  await expect(place.locator("[data-here=true]")).toHaveText("40003Loss: 3");
  await expect(place.locator("[data-here=true]")).toBeInViewport();
  await run.getByRole("button", { name: "Earlier" }).click();
  await expect(run.getByRole("region", { name: /^Log around line 39/ })).toBeVisible();
  await workbench.look("run-page-log");
  await checkInAllThemes(workbench, run.getByRole("heading", { name: "whole" }), "run-page");
  await expect(page).not.toHaveTitle(/owned/);
  expect(await run.locator("body").evaluate((body) => body.ownerDocument.title)).not.toMatch(/owned/);
});
