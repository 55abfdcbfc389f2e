import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "./fixtures";
import { PausedScript } from "./pausedScript";

test.use({ example: "quickstart", venv: false, settings: { "modeltrail.terminals.record": true } });

test("a run that was typed in a terminal goes on through a reload of the window", async ({
  workbench,
  folder,
  records,
}) => {
  const { experiments, terminal } = workbench;
  const script = new PausedScript(folder);
  await script.pauseAfter(4);
  await experiments.open();
  await expect.poll(() => existsSync(path.join(folder, ".modeltrail/adopt/variables"))).toBe(true);
  await expect(async () => {
    await workbench.runCommand("Terminal: Create New Terminal");
    await terminal.type(`echo "recorded: \${MODELTRAIL_ADOPT:+yes}"`);
    await expect.poll(() => terminal.text(), { timeout: 10_000 }).toContain("recorded: yes");
  }).toPass();

  await terminal.type(`python3 ${PausedScript.fileName}`);
  await script.untilPaused();
  await expect.poll(async () => (await records.list()).map(({ status }) => status)).toEqual(["running"]);
  const { name } = await records.show();
  await experiments.untilStatus(name, "running");
  await workbench.reload(() => script.goOn());
  await experiments.untilStatus(name, "finished");
  const run = await records.show();
  expect(run).toMatchObject({ exitCode: 0, warnings: [] });
  // What it printed before is there; of the rest it is said that nobody was there to see it.
  const log = await records.log();
  expect(log).toEqual(PausedScript.lines.slice(0, log.length));
  expect(log.length).toBeGreaterThan(0);
  expect(run.gaps.map(({ message }) => message)).toEqual([expect.stringContaining("in part only")]);

  await workbench.reload();
  await experiments.open();
  expect((await records.list()).map(({ status }) => status)).toEqual(["finished"]);
});
