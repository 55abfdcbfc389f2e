/** Runs of a real shell in a real terminal, taken up by recorders as an editor starts them. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Run, RunSummary } from "../../src/domain/run";
import { isAnnounced, listAnnounced, prepareAdoption } from "../../src/recorder/adopt/announcements";
import { tell } from "../../src/recorder/adopt/told";
import { baseEnvironment, makeProject, modeltrail, python, runSession, useCli, withStore } from "../recorder/cli";
import { tracerFolder } from "../tracer/python";
import { commands, expectedRuns, projectFiles } from "./session";

useCli();

/** Not the project: a home folder's code is not taken. */
const home = makeProject();
const recorders: ChildProcess[] = [];
afterEach(() => {
  for (const one of recorders.splice(0)) if (one.exitCode === null) one.kill("SIGKILL");
});

const storeOf = (folder: string) => join(folder, ".modeltrail");

/** What terminals of this project have in their environment. */
function adopting(folder: string): Record<string, string> {
  const adopt = prepareAdoption(storeOf(folder));
  return { PYTHONPATH: tracerFolder, MODELTRAIL_ADOPT: adopt, MODELTRAIL_ROOT: folder };
}

function adopt(folder: string, id: string): { child: ChildProcess; ended: Promise<number | null> } {
  const [program, ...args] = modeltrail("adopt", id);
  const child = spawn(program!, args, { cwd: folder, env: baseEnvironment(home), stdio: "ignore" });
  recorders.push(child);
  return { child, ended: new Promise((resolve) => child.once("exit", resolve)) };
}

/** Takes up what is announced until it is stopped, as the extension does. */
function adoptAll(folder: string): () => Promise<void> {
  const known = new Map<string, Promise<number | null>>();
  const look = () => {
    for (const id of listAnnounced(storeOf(folder))) if (!known.has(id)) known.set(id, adopt(folder, id).ended);
  };
  const timer = setInterval(look, 50);
  return async () => {
    clearInterval(timer);
    look();
    await Promise.all(known.values());
  };
}

function start(folder: string, ...args: string[]): ChildProcess {
  const env = { ...baseEnvironment(home), ...adopting(folder) };
  const child = spawn(python, args, { cwd: folder, env, stdio: "ignore" });
  recorders.push(child);
  return child;
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (const deadline = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const found = look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`);
  }
}

const announced = (folder: string) => until("a run is announced", () => listAnnounced(storeOf(folder))[0]);
const runsOf = (folder: string): RunSummary[] => withStore(folder, (store) => store.listRuns({ limit: 1000 }).runs);
const runOf = (folder: string, id: string): Run => withStore(folder, (store) => store.getRun(id)!);
const known = (folder: string, id: string) =>
  withStore(folder, (store) => store.running().find((run) => run.id === id));

/** Waits for what only its recorder can have written. */
function untilFollowed(folder: string, id: string): Promise<unknown> {
  return until("the run is followed", () => {
    try {
      return known(folder, id)?.process && runOf(folder, id).snapshot.code.commit;
    } catch {
      return undefined; // no store yet
    }
  });
}

const WAITING =
  "import os, time\nprint('begun', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.02)\nopen('result.txt', 'w').write('x')\n";
const go = (folder: string) => execFileSync("touch", [join(folder, "go")]);

test("a session of thirty commands gives the runs that a person would call runs", async () => {
  const folder = makeProject(projectFiles);
  const outside = join(makeProject({ "other.py": "print(1)" }), "other.py");
  execFileSync("git", ["init", "-q"], { cwd: folder });
  const stop = adoptAll(folder);
  const ours = modeltrail()
    .map((word) => `'${word}'`)
    .join(" ");
  const type = (line: string) => `${line.replace("{outside}", outside).replace("{modeltrail}", ours)}\n`;
  const steps = commands.flatMap(({ line }, at) => [{ await: `ready-${at}-` }, { send: type(line) }]);
  const env = { ...adopting(folder), HOME: home, PROMPT_COMMAND: 'echo "ready-$((N++))-"', PS1: "" };
  const { tty } = await runSession({
    command: ["bash", "--norc", "-i"],
    cwd: folder,
    streams: ["tty", "tty", "tty"],
    size: [50, 400],
    env,
    steps: [...steps, { await: `ready-${commands.length}-` }, { send: "exit\n" }],
  });
  expect(tty.toString()).toContain("loss=18.0");
  await stop();

  const runs = runsOf(folder);
  const words = runs.map(({ command: [program, ...rest] }) => {
    expect(program).toMatch(/python/);
    return rest.join(" ");
  });
  expect(words.sort()).toEqual([...expectedRuns].sort());
  const statuses = Object.fromEntries(runs.map(({ command, status }) => [command.slice(1).join(" "), status]));
  expect(new Set(Object.values(statuses))).toEqual(new Set(["finished"]));
  const failed = runOf(folder, runs.find(({ script }) => script === "fail.py")!.id);
  // Nobody but the shell knows it, and nobody asked the shell.
  expect(failed).toMatchObject({ exitCode: null });
  expect(failed.gaps.map(({ message }) => message).join()).toContain("exit code was not seen");
  const launched = runOf(folder, runs.find(({ script }) => script === "launch.py")!.id);
  expect(launched.tags).toMatchObject({ ranks: "2" });
  const byUs = runs.find(({ command }) => command.at(-1) === "3")!;
  expect(runOf(folder, byUs.id)).toMatchObject({ exitCode: 0, metrics: { loss: { last: 6 } } });
  expect(listAnnounced(storeOf(folder))).toEqual([]);
}, 120_000);

describe("a run that is taken up", () => {
  test("has what a recorded run has, and the exit code that the editor saw", async () => {
    const folder = makeProject({
      "train.py": `import argparse, sys\n${WAITING}parser = argparse.ArgumentParser()\nparser.add_argument("--lr", default="1")\nparser.parse_args()\nopen("data.csv").read()\nsys.exit(4)\n`,
      "data.csv": "a,b\n",
    });
    execFileSync("git", ["init", "-q"], { cwd: folder });
    start(folder, "train.py", "--lr", "0.5");
    const id = await announced(folder);
    const { ended } = adopt(folder, id);
    const runFolder = join(storeOf(folder), "runs", id);
    tell(runFolder, { watching: "shell", output: "whole" });
    execFileSync("sh", ["-c", `printf 'loss=0.25\\r\\n' >> "$1/output.log"`, "sh", runFolder]);
    await untilFollowed(folder, id);
    go(folder);
    tell(runFolder, { exitCode: 4, done: true });
    expect(await ended).toBe(0);
    const run = runOf(folder, id);
    expect(run).toMatchObject({ status: "failed", exitCode: 4, experiment: "train", script: "train.py", warnings: [] });
    expect(run.params).toEqual({ lr: "0.5" });
    expect(run.metrics).toMatchObject({ loss: { last: 0.25 } });
    expect(run.snapshot.data.map(({ path, role }) => [path, role])).toEqual([
      ["data.csv", "read"],
      ["result.txt", "write"],
    ]);
    expect(run.artifacts).toMatchObject([{ path: "result.txt" }]);
    expect(run.snapshot.code.commit).toMatch(/^[0-9a-f]{40}/);
    expect(run.snapshot.environment?.python).toMatch(/^3\./);
    // Its output went to no terminal.
    expect(run.gaps.map(({ message }) => message)).toEqual([expect.stringContaining("went to a file")]);
  });

  test("goes on when its recorder is killed, and is finished by the next", async () => {
    const folder = makeProject({ "train.py": WAITING });
    start(folder, "train.py");
    const id = await announced(folder);
    const first = adopt(folder, id);
    await untilFollowed(folder, id);
    first.child.kill("SIGKILL");
    await first.ended;
    // Who opens the store sees that it is not over.
    execFileSync(process.execPath, [...modeltrail("ls").slice(1)], { cwd: folder, env: baseEnvironment(home) });
    expect(runOf(folder, id).status).toBe("running");
    const next = adopt(folder, id);
    await until("the next has taken it up", () => known(folder, id)?.recorder.pid === next.child.pid);
    // A third finds it in good hands.
    expect(await adopt(folder, id).ended).toBe(0);
    go(folder);
    await next.ended;
    expect(runOf(folder, id)).toMatchObject({ status: "finished", exitCode: 0 });
    expect(runOf(folder, id).artifacts).toMatchObject([{ path: "result.txt" }]);
    expect(isAnnounced(storeOf(folder), id)).toBe(false);
  });

  test("is finished by whoever opens the store when its recorder and it are gone", async () => {
    const folder = makeProject({ "train.py": WAITING });
    const process_ = start(folder, "train.py");
    const id = await announced(folder);
    const { child, ended } = adopt(folder, id);
    await untilFollowed(folder, id);
    child.kill("SIGKILL");
    await ended;
    const over = new Promise((resolve) => process_.once("exit", resolve));
    go(folder);
    await over;
    execFileSync(process.execPath, [...modeltrail("ls").slice(1)], { cwd: folder, env: baseEnvironment(home) });
    expect(runOf(folder, id)).toMatchObject({ status: "finished", exitCode: 0 });
    expect(runOf(folder, id).artifacts).toMatchObject([{ path: "result.txt" }]);
  });

  test("does not stay running when it is killed, or stopped", async () => {
    const folder = makeProject({ "train.py": WAITING });
    const killed = start(folder, "train.py");
    const first = await announced(folder);
    const recorder = adopt(folder, first);
    await untilFollowed(folder, first);
    killed.kill("SIGKILL");
    await recorder.ended;
    expect(runOf(folder, first)).toMatchObject({ status: "lost", exitCode: null });
    expect(
      runOf(folder, first)
        .gaps.map(({ message }) => message)
        .join(),
    ).toContain("How the run ended was not seen");

    start(folder, "train.py");
    const second = await announced(folder);
    const { ended } = adopt(folder, second);
    await untilFollowed(folder, second);
    execFileSync(process.execPath, [...modeltrail("stop", second).slice(1)], {
      cwd: folder,
      env: baseEnvironment(home),
    });
    await ended;
    expect(runOf(folder, second).status).toBe("killed");
  });

  test("long after its end has no code, and says so", async () => {
    const folder = makeProject({ "train.py": "print(1)" });
    await new Promise((resolve) => start(folder, "train.py").once("exit", resolve));
    const id = await announced(folder);
    const spool = join(storeOf(folder), "runs", id, "spool");
    // As if it had begun an hour before.
    const earlier = `import glob, re\nfor f in glob.glob('${spool}/*'):\n    t = open(f).read()\n    open(f, 'w').write(re.sub(r'"t":(\\d+)', lambda m: '"t":%d' % (int(m[1]) - 3600000), t))`;
    execFileSync(python, ["-c", earlier]);
    await adopt(folder, id).ended;
    const run = runOf(folder, id);
    expect(run).toMatchObject({ status: "finished", exitCode: 0, snapshot: { code: { commit: null } } });
    expect(run.gaps.map(({ message }) => message).join()).toContain("Nobody was there to take the run's code");
  });
});
