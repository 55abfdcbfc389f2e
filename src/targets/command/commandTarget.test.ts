import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JobHandle, JobPlan, Target, TargetStatus } from "../contract";
import { newJobId, python } from "../jobFolder/testJob";
import { makeCommandTarget } from "./commandTarget";
import { fillIn } from "./placeholders";
import { SPOOLER, spoolerSettings } from "./testSpooler";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "modeltrail command ")));
  writeFileSync(path.join(root, "spooler.py"), SPOOLER);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const signal = new AbortController().signal;
const settings = () => spoolerSettings(python, path.join(root, "spooler.py"), path.join(root, "home"));
const target = (part: object = {}): Target =>
  makeCommandTarget("box", { ...settings(), ...part }, { root, env: process.env });

function planOf(source: string, part: Partial<JobPlan> = {}): JobPlan {
  const stage = path.join(root, "stages", "job", "work");
  mkdirSync(stage, { recursive: true });
  writeFileSync(path.join(stage, "train.py"), source);
  const run = path.join(root, "run");
  mkdirSync(run);
  const plan = { id: newJobId(), run: "b".repeat(32), name: "calm-otter", command: [python, "train.py"] };
  const places = { cwd: "", project: "", stage, logPath: path.join(run, "output.log"), spool: path.join(run, "spool") };
  return { ...plan, ...places, env: {}, gpus: 0, limits: {}, ...part };
}

async function submit(to: Target, plan: JobPlan): Promise<JobHandle> {
  return to.submit(plan, { keep: () => {}, onProgress: () => {}, signal });
}

async function follow(to: Target, plan: JobPlan, handle: JobHandle, statuses: TargetStatus[] = []) {
  return to.follow(plan, handle, { onStatus: (status) => statuses.push(status), onLost: () => {}, signal });
}

test("a job runs elsewhere, and its output, files and end come home", async () => {
  const plan = planOf(
    "import os; print('hello', os.environ['MINE']); open('model.txt', 'w').write('42'); raise SystemExit(3)",
  );
  const to = target({ env: { MINE: "there" } });
  const handle = await submit(to, plan);
  // What is kept can be read back by another process.
  const kept = JSON.parse(JSON.stringify(handle)) as JobHandle;
  expect(kept).toMatchObject({ job: "100" });
  expect(await follow(to, plan, kept)).toMatchObject({ state: "ended", exitCode: 3 });
  expect(readFileSync(plan.logPath, "utf8")).toBe("hello there\n");
  expect(readdirSync(plan.spool).length).toBeGreaterThan(0);
  expect(await to.collect(plan, kept, signal)).toEqual([]);
  expect(readFileSync(path.join(plan.stage, "model.txt"), "utf8")).toBe("42");
  await to.clean(plan, kept, signal);
  expect(readdirSync(path.join(root, "home"))).toEqual([]);
  // Asked once more, by who finds it after that.
  expect(await follow(to, plan, kept)).toMatchObject({ state: "gone", reason: "unknown job" });
});

test("cancelling ends the whole of it", async () => {
  const begun = path.join(root, "begun");
  const plan = planOf(`import os, time; open(${JSON.stringify(begun)}, 'w').write(str(os.getpid())); time.sleep(600)`);
  const to = target();
  const handle = await submit(to, plan);
  const ended = follow(to, plan, handle);
  while (!existsSync(begun) || readFileSync(begun, "utf8") === "")
    await new Promise((resolve) => setTimeout(resolve, 20));
  await to.cancel(plan, handle, signal);
  await to.cancel(plan, handle, signal);
  expect((await ended).state).toBe("ended");
  const pid = Number(readFileSync(begun, "utf8"));
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
});

test("what a program says of why it failed is told", async () => {
  const plan = planOf("");
  const refusing = [python, "-c", "import sys; sys.exit('no quota left')"];
  await expect(submit(target({ submit: refusing }), plan)).rejects.toThrow(/failed for the target box: no quota left/);
  await expect(submit(target({ submit: ["no-such-program"] }), plan)).rejects.toThrow(/could not be started.*ENOENT/);
  await expect(submit(target({ submit: [python, "-c", ""] }), plan)).rejects.toThrow(/did not say its id/);
  expect(await target({ check: refusing }).check(plan, signal)).toEqual([
    { severity: "error", message: "no quota left" },
  ]);
  expect(await target({ check: [python, "-c", ""] }).check(plan, signal)).toEqual([]);
});

test("the job's own last word is enough where what the place says of it cannot be understood", async () => {
  const plan = planOf("print(1)");
  const to = target({ states: { finished: "^NEVER$" } });
  const handle = await submit(to, plan);
  expect(await follow(to, plan, handle)).toMatchObject({ state: "ended", exitCode: 0 });
});

test("words are put in as they are, and a wrong name is told", () => {
  const values = { job: "$(7)", command: ["a b", "c"] };
  expect(fillIn(["x", "--id={job}", "{command...}", '{"json": {}}'], values, "box")).toEqual([
    "x",
    "--id=$(7)",
    "a b",
    "c",
    '{"json": {}}',
  ]);
  expect(() => fillIn(["{jobs}"], values, "box")).toThrow("The target box uses {jobs}, which there is not.");
  expect(() => fillIn(["-{command}"], values, "box")).toThrow(/uses \{command\}/);
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
