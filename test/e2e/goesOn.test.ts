import { extensionHosts } from "./extensionHost";
import { expect, test } from "./fixtures";
import { PausedScript } from "./pausedScript";
import type { Records } from "./records";
import { Workbench } from "./workbench/workbench";

test.use({ example: "quickstart", venv: false });

/** Opens the script and starts it so that it pauses after this many parts; gives the run's name. */
async function startPaused(workbench: Workbench, script: PausedScript, parts: number): Promise<string> {
  const { experiments, editor } = workbench;
  const known = await experiments.runs();
  await script.pauseAfter(parts);
  await editor.titleAction("Run and Record").click();
  await script.untilPaused();
  const name = await experiments.newRun(known);
  await experiments.untilStatus(name, "running");
  return name;
}

/** The run ended as if nothing had happened, and has all that its script printed. */
async function expectWhole(records: Records, name: string): Promise<void> {
  const { lines } = PausedScript;
  const run = await records.show(name);
  expect(run).toMatchObject({ status: "finished", exitCode: 0, warnings: [] });
  expect(run.metrics.loss).toMatchObject({ count: lines.length, lastStep: lines.length - 1, last: 0.776 });
  expect(await records.log(name)).toEqual(lines);
}

async function expectNoneRunning(records: Records): Promise<void> {
  expect((await records.list()).filter(({ status }) => status === "running")).toEqual([]);
}

/** VS Code starts another one by itself, until that has happened too often: then it asks. */
async function untilHostIsBack({ notifications }: Workbench, serverPid: number): Promise<void> {
  const question = notifications.with(/terminated unexpectedly \d+ times/);
  await expect
    .poll(async () => {
      if (await question.isVisible()) await notifications.press(question, "Restart Remote Extension Host");
      return extensionHosts(serverPid);
    })
    .not.toEqual([]);
}

test("a run goes on through a reload of the window", async ({ workbench, folder, records }) => {
  const script = new PausedScript(folder);
  await script.pauseAfter(0);
  await workbench.experiments.open();
  await workbench.openFile(PausedScript.fileName);
  for (const parts of PausedScript.moments) {
    await test.step(`after part ${parts}`, async () => {
      const name = await startPaused(workbench, script, parts);
      // It goes on while there is no window.
      await workbench.reload(() => script.goOn());
      await workbench.experiments.untilStatus(name, "finished");
      await expectWhole(records, name);
    });
  }
  await expectNoneRunning(records);
});

test("a run goes on when the extension host is killed", async ({ workbench, server, folder, records }) => {
  const script = new PausedScript(folder);
  await script.pauseAfter(0);
  await workbench.experiments.open();
  await workbench.openFile(PausedScript.fileName);
  for (const parts of PausedScript.moments) {
    await test.step(`after part ${parts}`, async () => {
      const name = await startPaused(workbench, script, parts);
      // One that another has taken the place of may still be about to end.
      await expect.poll(() => extensionHosts(server.pid)).toHaveLength(1);
      process.kill(extensionHosts(server.pid)[0]!, "SIGKILL");
      await script.goOn();
      await untilHostIsBack(workbench, server.pid);
      await workbench.experiments.untilStatus(name, "finished");
      await expectWhole(records, name);
    });
  }
  await expectNoneRunning(records);
});

test("a run goes on while the page is closed", async ({ workbench, folder, records, context }) => {
  const script = new PausedScript(folder);
  await script.pauseAfter(0);
  await workbench.experiments.open();
  await workbench.openFile(PausedScript.fileName);

  const first = await startPaused(workbench, script, 3);
  await workbench.close();
  await script.goOn();
  await expect.poll(async () => (await records.show(first)).status).toBe("finished");
  const again = new Workbench(await context.newPage(), workbench.address);
  await again.open();
  await again.experiments.open();
  await again.experiments.untilStatus(first, "finished");

  // Whether a closed page's editors come back is up to the browser.
  await again.openFile(PausedScript.fileName);
  const second = await startPaused(again, script, 6);
  await again.close();
  const last = new Workbench(await context.newPage(), workbench.address);
  await last.open();
  await last.experiments.open();
  await last.experiments.untilStatus(second, "running");
  await script.goOn();
  await last.experiments.untilStatus(second, "finished");

  for (const name of [first, second]) await expectWhole(records, name);
  await expectNoneRunning(records);
});
