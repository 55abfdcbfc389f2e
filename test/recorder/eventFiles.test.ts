/** Event files that are written past the tracer: their curves are there while the run goes on. */
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { baseEnvironment, makeProject, python, recorded, useCli, withStore } from "./cli";

useCli();

const fixture = join(import.meta.dirname, "../fixtures/tensorboard/pytorch");
// A program that is not Python stands for TensorFlow's writer in compiled code.
const SCRIPT = `
import os, subprocess, sys, time
subprocess.run(["cp", "-R", sys.argv[1], "logs/fit"], check=True)
while not os.path.exists("stop"):
    time.sleep(0.02)
`;

test("event files that were not seen when they were opened are found during the run", async () => {
  const cwd = makeProject({ "train.py": SCRIPT, "logs/.keep": "" });
  const [program, ...args] = recorded([python, "train.py", fixture]);
  const child = spawn(program!, args, { cwd, env: baseEnvironment(cwd), stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    const total = () =>
      existsSync(join(cwd, ".modeltrail/db.sqlite"))
        ? withStore(cwd, (store) => {
            const [run] = store.listRuns({}).runs;
            return run ? store.metricHistory(run.id, "loss/train", 0, 9).total : 0;
          })
        : 0;
    await expect.poll(total, { timeout: 30_000 }).toBe(3);
  } finally {
    writeFileSync(join(cwd, "stop"), "");
  }
  expect(await ended).toBe(0);
  withStore(cwd, (store) => {
    const id = store.resolveRun("latest");
    expect(store.metricHistory(id, "loss/train", 0, 9)).toMatchObject({ total: 3, sources: ["tensorboard"] });
  });
});
