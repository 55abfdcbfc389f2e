import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SPOOLER } from "../command/testSpooler";
import type { JobPlan, Target } from "../contract";
import { newJobId, python } from "../jobFolder/testJob";
import { makeTarget } from "../registry";
import { findKind, registeredKinds, registerKind, unregisterKind } from "./registrations";
import { PROGRAM } from "./testProgram";

let root: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "modeltrail foreign ")));
  env = { ...process.env, XDG_DATA_HOME: path.join(root, "data") };
  writeFileSync(path.join(root, "spooler.py"), SPOOLER);
  writeFileSync(path.join(root, "program.py"), PROGRAM);
  registerKind("acme.spooler", { program: [python, path.join(root, "program.py")] }, env);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const { signal } = new AbortController();

function target(part: object = {}): Promise<Target> {
  const places = { spooler: path.join(root, "spooler.py"), home: path.join(root, "home") };
  return makeTarget("acme", { kind: "acme.spooler", slots: 3, ...places, ...part }, { root, env });
}

function planOf(source: string): JobPlan {
  const stage = path.join(root, "job", "work");
  mkdirSync(stage, { recursive: true });
  writeFileSync(path.join(stage, "train.py"), source);
  mkdirSync(path.join(root, "run"));
  return {
    ...{
      id: newJobId(),
      run: "b".repeat(32),
      name: "calm-otter",
      command: [python, "train.py"],
      cwd: "",
      project: "",
    },
    ...{ stage, env: {}, gpus: 0, limits: {} },
    logPath: path.join(root, "run", "output.log"),
    spool: path.join(root, "run", "spool"),
  };
}

test("a program of others runs jobs as our own targets do", async () => {
  const plan = planOf("print('there'); open('model.txt', 'w').write('7')");
  const to = await target();
  expect(to).toMatchObject({ name: "acme", kind: "acme.spooler", slots: 3, enforces: ["seconds", "memory"] });
  expect(await to.check(plan, signal)).toEqual([{ severity: "warning", message: "it is slow today" }]);
  const submit = () => to.submit(plan, { keep: () => {}, onProgress: () => {}, signal });
  const handle = await submit();
  expect(handle).toEqual({ number: "100" });
  // By another process, which does not know of the first one.
  expect(await submit()).toEqual(handle);
  const end = await to.follow(plan, handle, { onStatus: () => {}, onLost: () => {}, signal });
  expect(end).toMatchObject({ state: "ended", exitCode: 0 });
  expect(await to.collect(plan, handle, signal)).toEqual([]);
  expect(readFileSync(plan.logPath, "utf8")).toBe("there\n");
  expect(readFileSync(path.join(plan.stage, "model.txt"), "utf8")).toBe("7");
  await to.cancel(plan, handle, signal);
  await to.clean(plan, handle, signal);
});

test("a job that runs is cancelled", async () => {
  const plan = planOf("import time; time.sleep(600)");
  const to = await target();
  const handle = await to.submit(plan, { keep: () => {}, onProgress: () => {}, signal });
  const ended = to.follow(plan, handle, { onStatus: () => {}, onLost: () => {}, signal });
  await to.cancel(plan, handle, signal);
  expect((await ended).state).toBe("ended");
});

test("what it says is for the user; what may pass is asked again; nonsense is told", async () => {
  const plan = planOf("");
  const check = async (part: object) => (await target(part)).check(plan, signal);
  await expect(check({ broken: "no quota" })).rejects.toMatchObject({ name: "UserError", message: "no quota" });
  await expect(check({ broken: "down", retry: true })).rejects.not.toMatchObject({ name: "UserError" });
  writeFileSync(path.join(root, "program.py"), "print('what?')");
  await expect(check({})).rejects.toThrow('did not answer "check" as it should: what?');
});

test("a kind stays known until it is taken back", async () => {
  expect(registeredKinds(env)).toEqual(["acme.spooler"]);
  registerKind("acme.spooler", { program: ["other"], env: { A: "1" } }, env);
  expect(findKind("acme.spooler", env)).toMatchObject({ program: ["other"], env: { A: "1" } });
  expect(unregisterKind("acme.spooler", env)).toBe(true);
  expect(unregisterKind("acme.spooler", env)).toBe(false);
  await expect(target()).rejects.toThrow('Nothing here knows targets of the kind "acme.spooler".');
  expect(() => registerKind("ssh", { program: ["x"] }, env)).toThrow(/no kind/);
  expect(() => registerKind("../up.x", { program: ["x"] }, env)).toThrow(/no kind/);
});
