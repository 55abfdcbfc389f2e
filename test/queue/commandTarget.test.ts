/** A job on a target that is a program, through the queue: recorded as a run here is. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SPOOLER, spoolerSettings } from "../../src/targets/command/testSpooler";
import { makeProject, modeltrail, python, runSession, useCli, withStore } from "../recorder/cli";

useCli();

const home = realpathSync(mkdtempSync(join(tmpdir(), "modeltrail-spooler-")));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("a queued job of a command target has the record of a run here", async () => {
  mkdirSync(join(home, "jobs"));
  writeFileSync(join(home, "spooler.py"), SPOOLER);
  const box = { ...spoolerSettings(python, join(home, "spooler.py"), join(home, "jobs")), slots: 1, costPerHour: 2 };
  const folder = makeProject({
    "modeltrail.yaml": JSON.stringify({ targets: { box } }),
    "data/in.csv": "a,b\n1,2\n",
    "train.py": [
      "import argparse",
      "p = argparse.ArgumentParser(); p.add_argument('--lr', type=float, default=0.1)",
      "lr = p.parse_args().lr",
      "rows = open('data/in.csv').read()",
      "for step in range(3): print(f'step={step} loss={lr / (step + 1):.4f}')",
      "open('model.txt', 'w').write(rows + str(lr))",
    ].join("\n"),
  });
  const run = async (...words: string[]) => {
    const result = await runSession({ command: modeltrail(...words), cwd: folder, env: { HOME: home } });
    if (result.code !== 0) throw new Error(result.err.toString());
    return result.out.toString();
  };
  const command = [python, "train.py", "--lr", "0.5"];
  await run("run", "--", ...command);
  expect(await run("targets", "check", "box", "--", ...command)).toContain("ok");
  await run("queue", "add", "--target", "box", "--times", "2", "--", ...command);
  await run("jobs", "--follow");
  withStore(folder, (store) => {
    const { jobs } = store.jobs.list({});
    expect(jobs.map(({ state, outcome, reason }) => ({ state, outcome, reason }))).toEqual(
      Array(2).fill({ state: "ended", outcome: "finished", reason: null }),
    );
    const [local, ...others] = store.listRuns({ sort: { key: "startTime", descending: false } }).runs;
    expect(others).toHaveLength(2);
    const recordOf = (id: string) => {
      const { params, metrics, artifacts, exitCode, script, snapshot, warnings } = store.getRun(id)!;
      const values = Object.entries(metrics).map(([key, { last, count }]) => ({ key, last, count }));
      return {
        ...{ params, exitCode, script, warnings },
        values: values.filter(({ key }) => !key.startsWith("system/")),
        artifacts: artifacts.map(({ path, sha256 }) => ({ path, sha256 })),
        data: snapshot.data.map(({ path, sha256, role }) => ({ path, sha256, role })),
        log: readFileSync(store.logPath(id), "utf8"),
      };
    };
    for (const { id } of others) expect(recordOf(id)).toEqual(recordOf(local!.id));
  });
  expect(await run("jobs")).toMatch(/box .*finished.* 0\.0\d/);
});
