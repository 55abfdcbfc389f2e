import { createHash } from "node:crypto";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Locator } from "@playwright/test";
import type { RunSummary } from "../../src/domain/run";
import { expect, test } from "./fixtures";
import type { Records } from "./records";

test.use({ example: "quickstart", venv: false });

const HIDDEN = [2, 8, 16, 32];
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1];
const SEEDS = [1, 2, 3, 4, 5];

/** Two hundred runs of the example, really recorded: a hundred of its code as it is, a hundred of another start of its weights. */
async function recordSweep(folder: string, records: Records): Promise<RunSummary[]> {
  // What runs write is no code.
  await appendFile(path.join(folder, ".gitignore"), "outputs/\n");
  await recordGrid(records, "wide");
  const script = path.join(folder, "train.py");
  const code = await readFile(script, "utf8");
  await writeFile(script, code.replace("rng.gauss(0, 1 / math.sqrt(n_in))", "rng.gauss(0, 1 / n_in)"));
  await recordGrid(records, "narrow");
  return await records.list();
}

async function recordGrid(records: Records, start: string): Promise<void> {
  const commands = HIDDEN.flatMap((hidden) =>
    RATES.flatMap((rate) =>
      SEEDS.map((seed) => {
        const name = `${start} h${hidden} lr${rate} s${seed}`;
        // A folder of its own, with a name that tells nothing, for runs at the same time.
        const out = `outputs/${createHash("sha1").update(name).digest("hex").slice(0, 8)}`;
        const given = { epochs: 3, hidden, "learning-rate": rate, seed, out };
        const words = Object.entries(given).flatMap(([key, value]) => [`--${key}`, String(value)]);
        return { command: ["python3", "train.py", ...words], options: { name, tags: { start } } };
      }),
    ),
  );
  await records.recordAll(commands, 4);
}

const lossOf = (run: RunSummary) => run.metrics.log_loss!.last;

test("of two hundred recorded runs the best, what differs, what mattered and its code are found", async ({
  records,
  folder,
  workbench,
  page,
}) => {
  test.setTimeout(10 * 60_000);
  const runs = await recordSweep(folder, records);
  expect(runs).toHaveLength(200);
  expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(["finished"]));
  const best = runs.toSorted((one, other) => lossOf(one) - lossOf(other)).slice(0, 3);
  const names = best.map(({ name }) => name);
  expect(names).toEqual(["wide h32 lr0.1 s2", "narrow h32 lr0.1 s2", "wide h16 lr0.1 s2"]);
  await workbench.experiments.open();
  const table = workbench.runsTable();
  const shown = workbench.webview();

  const showsBest = async () => {
    for (const [place, name] of names.entries()) await expect(table.row(place)).toContainText(name);
  };
  const showsDifferences = async () => {
    for (const name of names) await expect(shown.getByRole("columnheader", { name })).toBeVisible();
    await expect(shown.getByRole("row", { name: /^hidden / }).getByRole("cell")).toHaveText(["32", "32", "16"]);
    await expect(shown.getByRole("row", { name: /^learning_rate / })).toHaveCount(0);
    await expect(shown.getByText("train.py").first()).toBeVisible();
  };
  const showsImportance = async () => {
    const plot = shown.locator(".whole .plot");
    await expect(plot).toHaveAttribute("aria-label", /log_loss: \d+ params, learning_rate the most/);
  };
  const showsCode = async () => {
    const changed = page.locator(".monaco-diff-editor .view-line").filter({ hasText: /gauss\(0,\s1\s\/\sn_in\)/ });
    await expect(page.locator(".tab.active")).toContainText("train.py (wide h32 lr0.1 s2 ↔ narrow h32 lr0.1 s2)");
    // The editor may not have drawn the lines to which it has gone.
    await expect(async () => {
      await page.keyboard.press("Alt+F5");
      await expect(changed.first()).toBeVisible({ timeout: 2_000 });
    }).toPass();
  };

  // By clicks.
  await workbench.runCommand("Modeltrail: Open Runs Table");
  await expect(table.count).toHaveText("200 runs");
  await table.heading("log_loss").click();
  await showsBest();
  await table.select([0, 1, 2]);
  await workbench.look("sweep-best");
  await table.frame.getByRole("button", { name: "Side by Side" }).click();
  await showsDifferences();
  await workbench.look("sweep-side-by-side");
  await workbench.runCommand("View: Close Editor");
  await showsBest();
  await table.row(2).getByRole("checkbox").locator("..").click();
  await table.frame.getByRole("button", { name: "Code Difference" }).click();
  await showsCode();
  await workbench.look("sweep-code");
  await workbench.runCommand("View: Close All Editors");
  await workbench.experiments.contextMenu(workbench.experiments.row("train"), "Open Charts");
  // The hover of the row under the menu would lie over the page: a page takes the mouse away without the tree being told.
  await page.mouse.move(640, 784);
  await shown.getByRole("tab", { name: "Importance" }).waitFor();
  await expect(page.locator(".monaco-hover:visible")).toHaveCount(0);
  await shown.getByRole("tab", { name: "Importance" }).click();
  await shown.getByRole("combobox", { name: "Metric", exact: true }).click();
  await shown.getByRole("option", { name: "log_loss metric", exact: true }).click();
  await showsImportance();
  await workbench.look("sweep-importance");
  await workbench.runCommand("View: Close All Editors");

  // By keys alone.
  const keys = page.keyboard;
  const press = async (...pressed: string[]) => {
    for (const key of pressed) await keys.press(key);
  };
  const command = async (title: string) => {
    await press("F1");
    await workbench.quickInput.fill(`>${title}`);
    await expect(workbench.quickInput.entry(title).first()).toBeVisible();
    await press("Enter");
  };
  /** Presses a key until the focus is where it is to be. */
  const until = async (there: Locator, key: string) => {
    await expect(there.first()).toBeVisible();
    for (let presses = 0; presses < 40 && !(await hasFocus(there)); presses++) await press(key);
    expect(await hasFocus(there)).toBe(true);
  };
  await command("Modeltrail: Open Runs Table");
  await expect(table.count).toHaveText("200 runs");
  await until(table.grid, "Tab");
  const column = Number(await table.heading("log_loss").getAttribute("aria-colindex"));
  await press("ControlOrMeta+ArrowUp", "ArrowUp", "Home", ...Array<string>(column - 2).fill("ArrowRight"), "Enter");
  await showsBest();
  await press("ArrowDown", "Home", "Space", "ArrowDown", "Space", "ArrowDown", "Space", "Shift+F10");
  await until(table.item("Side by Side"), "ArrowDown");
  await press("Enter");
  await showsDifferences();
  await until(shown.getByRole("button", { name: "Compare Code" }), "Tab");
  await press("Enter");
  await expect(workbench.quickInput.entry(names[1]!)).toBeVisible();
  await press("Enter");
  await showsCode();
  await command("View: Close All Editors");
  await command("Modeltrail: Open Runs Table");
  await until(table.grid, "Tab");
  await press("ControlOrMeta+A", "Shift+F10");
  await until(table.item("Open Charts"), "ArrowDown");
  await press("Enter");
  await until(shown.getByRole("tab", { name: "Curves" }), "Tab");
  await press("End");
  await until(shown.getByRole("combobox", { name: "Metric", exact: true }), "Tab");
  await keys.type("log_loss");
  await press("Enter");
  await showsImportance();
});

/** Whether the keys go to it, or to what is within it. */
const hasFocus = (element: Locator) =>
  element.first().evaluate((found) => {
    const { activeElement } = found.getRootNode() as Document | ShadowRoot;
    return activeElement !== null && found.contains(activeElement);
  });
