/** A run behind ssh whose follower is killed while the link is cut, as when a laptop is closed and started anew. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { openStore } from "../../src/store/open";
import { makeProject, modeltrail, runSession, useCli } from "../recorder/cli";
import { until } from "./fixtures/job";
import { type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

// A limit only ends what hangs: machines that build and test at the same time take their time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

useCli();

const EPOCHS = 60;
const SCRIPT = `import time
for epoch in range(${EPOCHS}):
    print(f"epoch {epoch} loss {1 / (epoch + 1):.6f}", flush=True)
    time.sleep(0.1)
open("model.bin", "wb").write(bytes(1000))
`;
const PRINTED = Array.from({ length: EPOCHS }, (_, epoch) => `epoch ${epoch} loss ${(1 / (epoch + 1)).toFixed(6)}\n`);

describe.skipIf(!sshdProgram)("behind ssh", () => {
  let sshd: Sshd;
  let project: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    sshd = await startSshd();
    const settings = { kind: "ssh", host: sshd.alias, sshConfig: sshd.config };
    project = makeProject({ "train.py": SCRIPT, "modeltrail.yaml": stringify({ targets: { box: settings } }) });
    env = { HOME: makeProject(), XDG_RUNTIME_DIR: sshd.folder };
  });
  afterAll(() => sshd.stop());

  const cli = (...words: string[]) => runSession({ command: modeltrail(...words), cwd: project, env });

  test("the run goes on without us, and is taken up where it was left", async () => {
    const started = await cli("run", "--target", "box", "--detach", "--", "python3", "train.py");
    expect(started.code, started.err.toString()).toBe(0);
    const id = started.out.toString().trim();
    const store = openStore(project, { create: false });
    try {
      const log = () => {
        const run = store.jobs.get(id)?.run;
        return run ? readFileSync(store.logPath(run), "utf8") : "";
      };
      const see = (epoch: number) => until(() => log().includes(`epoch ${epoch} `), `epoch ${epoch} is here`);
      await see(5);
      sshd.link.cut("silent");
      const follower = store.jobs.follower(id)!;
      process.kill(follower.pid, "SIGKILL");
      await until(() => !isRunning(follower.pid), "the follower is gone");
      const there = path.join(sshd.home, ".modeltrail/jobs", id, "output.log");
      await until(() => readFileSync(there, "utf8").includes("epoch 30 "), "the job goes on there");
      expect(log()).not.toContain("epoch 30 ");
      // Whoever looks next starts another one, which cannot reach the machine yet.
      expect((await cli("jobs")).code).toBe(0);
      await until(() => store.jobs.follower(id)!.pid !== follower.pid, "another follower is there");
      sshd.link.restore();
      await until(() => store.jobs.get(id)!.state === "ended", "the job has ended", 60_000);
      const { run, outcome } = store.jobs.get(id)!;
      expect(outcome).toBe("finished");
      expect(log()).toBe(PRINTED.join(""));
      const { points } = store.metricHistory(run!, "loss", 0, 1000);
      expect(points.map(({ step, value }) => [step, value])).toEqual(
        PRINTED.map((_, epoch) => [epoch, Number((1 / (epoch + 1)).toFixed(6))]),
      );
      expect(store.getRun(run!)).toMatchObject({ status: "finished", exitCode: 0, gaps: [], warnings: [] });
      await expect.poll(jobsThere, { timeout: 20_000 }).toEqual([]);
    } finally {
      store.close();
    }
  });

  test("a key that is refused ends the run before it begins, at once and with what to do", async () => {
    const keys = path.join(sshd.folder, "authorized_keys");
    const before = readFileSync(keys);
    writeFileSync(keys, "");
    // The shared connection has been let in already.
    sshd.link.cut("refuse");
    sshd.link.restore();
    const refused = await cli("run", "--target", "box", "--", "python3", "train.py");
    expect(refused.code).not.toBe(0);
    expect(refused.err.toString()).toContain("accepts none of your keys, and no password is ever asked for");
    writeFileSync(keys, before);
  });

  const jobsThere = () => readdirSync(path.join(sshd.home, ".modeltrail/jobs")).filter((name) => !name.startsWith("."));
});

function isRunning(pid: number): boolean {
  try {
    return !execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
      .trim()
      .startsWith("Z");
  } catch {
    return false;
  }
}
