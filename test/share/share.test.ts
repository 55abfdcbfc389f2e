/** Runs that move between machines: the real command, projects that are deleted, and kills at any moment. */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { snapshotCode } from "../../src/snapshot/code";
import { readFileAt } from "../../src/snapshot/codeReader";
import { putBytes } from "../../src/store/objects";
import { openStore } from "../../src/store/open";
import { processIdentity } from "../../src/store/process";
import { baseEnvironment, makeProject, modeltrail, python, recorded, useCli } from "../recorder/cli";

useCli();

/** Not the project: a folder that holds the home is too wide to be captured. */
let home: string;
beforeAll(() => {
  home = makeProject();
});

interface Result {
  code: number;
  out: string;
  err: string;
}

function execute(command: string[], cwd: string): Promise<Result> {
  const [program, ...rest] = command;
  return new Promise((resolve) => {
    const options = { cwd, env: baseEnvironment(home), encoding: "latin1", maxBuffer: 1e9 } as const;
    execFile(program!, rest, options, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

const cli = (cwd: string, ...args: string[]) => execute(modeltrail(...args), cwd);

async function good(cwd: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await cli(cwd, ...args);
  expect(code, err + out).toBe(0);
  return out;
}

/** What `show` says of a run, but for where it is. */
async function shown(cwd: string, run: string): Promise<unknown> {
  const { revision: _, cwd: folder, snapshot, ...rest } = JSON.parse(await good(cwd, "show", run, "--json")) as Run;
  const { gitDir: _gitDir, root: _root, ...code } = snapshot.code;
  return { ...rest, cwd: path.relative(cwd, folder), snapshot: { ...snapshot, code } };
}

const TRAIN = `
import argparse, helper
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
lr = parser.parse_args().lr
rows = open("data/x.csv").read().count("\\n")
for step in range(3):
    print(f"step {step} loss={lr / (step + 1) * helper.factor:.6f} bad=nan")
print("done \\x1b[32mgreen\\x1b[0m", rows)
open("model.bin", "wb").write(bytes(range(256)) * rows)
`;

/** Every file below a folder with its mode and bytes, but for what is git's and ours. */
function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    if (entry.isDirectory() || /^\.(git|modeltrail)(\/|$)/.test(name)) continue;
    const isExecutable = (statSync(file).mode & 0o100) !== 0;
    found[name] = entry.isSymbolicLink() ? "link" : `${isExecutable} ${readFileSync(file, "latin1")}`;
  }
  return found;
}

test("everything of a run is there in an empty folder, when the project that it came from is gone", async () => {
  const project = makeProject({
    "train.py": TRAIN,
    "helper.py": "factor = 1\n",
    "tool.sh": "#!/bin/sh\n",
    "data/x.csv": "a,b\n1,2\n3,4\n",
    ".gitignore": "data/\nmodel.bin\n",
  });
  chmodSync(path.join(project, "tool.sh"), 0o755);
  symlinkSync("helper.py", path.join(project, "alias.py"));
  const git = (...args: string[]) => execute(["git", "-c", "user.name=a", "-c", "user.email=a@b", ...args], project);
  await git("init", "--quiet");
  await git("add", "train.py");
  await git("commit", "--quiet", "-m", "first");
  const before = filesIn(project);
  await execute(recorded([python, "train.py", "--lr", "0.5"], ["--name", "one", "--note", "né"]), project);
  writeFileSync(path.join(project, "helper.py"), "factor = 2\n");
  await execute(recorded([python, "train.py"], ["--name", "two", "--tag", "k=v"]), project);
  const expected = {
    show: [await shown(project, "one"), await shown(project, "two")],
    log: await good(project, "log", "one", "--raw"),
    diff: await good(project, "diff", "one", "two", "--code"),
  };
  expect(expected.diff).toContain("factor = 2");
  const place = makeProject();
  const archive = path.join(place, "two runs.zip");
  expect(await good(project, "export", "one", "two", "-o", archive)).toContain("Exported 2 runs");
  expect(readdirSync(place)).toEqual(["two runs.zip"]);
  rmSync(project, { recursive: true });

  const here = makeProject();
  expect(await good(here, "import", archive)).toContain("Imported 2 of 2 runs");
  expect([await shown(here, "one"), await shown(here, "two")]).toEqual(expected.show);
  expect(await good(here, "log", "one", "--raw")).toBe(expected.log);
  expect(await good(here, "diff", "one", "two", "--code")).toBe(expected.diff);
  const restored = path.join(makeProject(), "restored");
  const report = await cli(here, "restore", "one", "--to", restored, "--json");
  expect(report.code, report.err + report.out).toBe(0);
  expect(filesIn(restored)).toEqual(before);
  expect(await good(here, "import", archive)).toContain("2 were here already");
  await good(here, "note", "one", "something else");
  const third = await cli(here, "import", archive);
  expect(third).toMatchObject({
    code: 1,
    out: expect.stringContaining("one is here already with another note, and was left as it is"),
  });
  const back = JSON.parse(await good(here, "export", "one", "-o", path.join(place, "one.zip"), "--json"));
  expect(back).toMatchObject({ runs: [{ name: "one" }], missing: [] });
});

test("code goes by git, and runs by archive, into a clone", async () => {
  const project = makeProject({ "train.py": TRAIN, "helper.py": "factor = 1\n", "data/x.csv": "a\n1\n" });
  const place = makeProject();
  const git = (cwd: string, ...args: string[]) =>
    execute(["git", "-c", "user.name=a", "-c", "user.email=a@b", ...args], cwd);
  await git(project, "init", "--quiet");
  await git(project, "add", "train.py");
  await git(project, "commit", "--quiet", "-m", "first");
  await execute(recorded([python, "train.py"], ["--name", "one"]), project);
  expect(await cli(project, "push")).toMatchObject({
    code: 1,
    err: expect.stringContaining("Add one: git remote add"),
  });
  const remote = path.join(place, "remote.git");
  await git(place, "clone", "--quiet", "--bare", project, remote);
  await git(project, "remote", "add", "origin", remote);
  expect(await good(project, "push")).toContain("Pushed the code of 1 snapshot to origin; 0 were there already.");
  expect(JSON.parse(await good(project, "push", "origin", "one", "--json"))).toMatchObject({ pushed: [], skipped: [] });

  const clone = path.join(place, "clone");
  await git(place, "clone", "--quiet", remote, clone);
  expect(await good(clone, "fetch")).toContain("Fetched the code of 1 snapshot from origin");
  expect(existsSync(path.join(clone, ".modeltrail"))).toBe(false);
  const archive = path.join(place, "one.zip");
  await good(project, "export", "one", "-o", archive);
  await good(clone, "import", archive);
  const run = JSON.parse(await good(clone, "show", "one", "--json")) as Run;
  expect(run.snapshot.code).toMatchObject({ gitDir: path.join(clone, ".git"), root: clone });
  expect(JSON.parse(await good(clone, "fetch", "origin", "one", "--json"))).toMatchObject({ fetched: [], missing: [] });
  expect((await execute(["git", "status", "--porcelain"], clone)).out).toBe("");
});

test("mistakes are said in a sentence, and make nothing", async () => {
  const here = makeProject({ "notes.txt": "hello" });
  expect(await cli(here, "import", "no.zip")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/There is no file .*no\.zip/),
  });
  expect(await cli(here, "import", "notes.txt")).toMatchObject({
    code: 1,
    err: expect.stringContaining("not an archive of runs"),
  });
  expect(await cli(here, "export", "latest", "-o", "x.zip")).toMatchObject({
    code: 1,
    err: expect.stringContaining("Nothing is recorded yet"),
  });
  expect((await cli(here, "export", "latest")).code).toBe(2);
  expect(await cli(here, "fetch")).toMatchObject({ code: 1, err: expect.stringContaining("is in no git repository") });
  expect(readdirSync(here)).toEqual(["notes.txt"]);
});

describe("killed at any moment", () => {
  let project: string;
  let archive: string;
  let reference: unknown;
  let objects: string[];

  /** A run with 20 MB in 20 files, a log and code. */
  beforeAll(async () => {
    project = makeProject({ "train.py": TRAIN, "modeltrail.yaml": "" });
    await execute(["git", "init", "--quiet"], project);
    const store = openStore(project);
    const id = store.createRun({
      name: "big",
      experiment: "x",
      command: ["python", "train.py"],
      cwd: project,
      script: "train.py",
      startTime: 1,
      recorder: processIdentity(),
      source: "cli",
    });
    const { code } = await snapshotCode(project, store.folder);
    store.setCode(id, code, [], []);
    const artifacts = [];
    for (let n = 0; n < 20; n++) {
      artifacts.push({
        path: `out/${n}.txt`,
        ...(await putBytes(store.folder, Buffer.from(randomBytes(500_000).toString("hex")))),
      });
    }
    const points = Array.from({ length: 100_000 }, (_, step) => ({
      key: "loss",
      step,
      time: step,
      value: Math.random(),
    }));
    store.ingest(id, { artifacts, points: [{ source: "output", points }], logSize: 5_000_000 });
    writeFileSync(store.logPath(id), randomBytes(2_500_000).toString("hex"));
    store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 2 });
    const { metrics, artifacts: kept, gaps, logSize } = store.getRun(id)!;
    reference = { metrics, artifacts: kept, gaps, logSize, tree: code.tree };
    store.close();
    archive = path.join(makeProject(), "big.zip");
    await good(project, "export", "big", "-o", archive);
    objects = objectsIn(project);
  });

  const objectsIn = (folder: string) => {
    const objects = path.join(folder, ".modeltrail/objects");
    if (!existsSync(objects)) return [];
    return readdirSync(objects, { recursive: true, encoding: "utf8" })
      .filter((name) => name.length > 3)
      .sort();
  };

  /** Starts the command and kills it when `moment` has come; gives whether it came before the end. */
  async function kill(cwd: string, args: string[], moment: () => boolean): Promise<boolean> {
    const [program, ...rest] = modeltrail(...args);
    const child = spawn(program!, rest, { cwd, env: baseEnvironment(home), stdio: "ignore" });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    let isRunning = true;
    void ended.then(() => {
      isRunning = false;
    });
    while (isRunning && !moment()) await pause(1);
    const came = isRunning;
    child.kill("SIGKILL");
    await ended;
    return came;
  }

  /** Looked at from within: starting the command for each question would take most of the test's time. */
  async function expectWhole(folder: string): Promise<void> {
    const store = openStore(folder, { create: false });
    try {
      const id = store.resolveRun("big");
      const { metrics, artifacts, gaps, snapshot, logSize } = store.getRun(id)!;
      expect({ metrics, artifacts, gaps, logSize, tree: snapshot.code.tree }).toEqual(reference);
      const { gitDir, commit, root } = snapshot.code;
      const code = await readFileAt({ gitDir: gitDir!, commit: commit!, root }, "train.py");
      expect(code.toString()).toBe(TRAIN);
    } finally {
      store.close();
    }
    expect(objectsIn(folder)).toEqual(expect.arrayContaining(objects));
    expect(readFileSync(logOf(folder)).equals(readFileSync(logOf(project)))).toBe(true);
  }

  const logOf = (folder: string) => {
    const runs = path.join(folder, ".modeltrail/runs");
    return path.join(runs, readdirSync(runs)[0]!, "output.log");
  };

  test("an export leaves no file that could be taken for an archive", async () => {
    const full = statSync(archive).size;
    let came = 0;
    for (const share of [0, 0.2, 0.5, 0.8, 0.999]) {
      const place = makeProject();
      const file = path.join(place, "x.zip");
      const written = () => {
        const [name] = readdirSync(place);
        return name === undefined ? -1 : (statSync(path.join(place, name), { throwIfNoEntry: false })?.size ?? -1);
      };
      came += Number(await kill(project, ["export", "big", "-o", file], () => written() >= full * share));
      // Whole or not there.
      if (existsSync(file)) expect(statSync(file).size).toBe(full);
      for (const name of readdirSync(place).filter((name) => name !== "x.zip")) {
        const part = path.join(place, name);
        expect(name).toMatch(/^x\.zip\.[0-9a-f]{8}\.part$/);
        const target = makeProject();
        expect((await cli(target, "import", part)).code).toBe(1);
        expect(readdirSync(target)).toEqual([]);
      }
    }
    const file = path.join(makeProject(), "x.zip");
    await good(project, "export", "big", "-o", file);
    truncateSync(file, full - 1);
    expect((await cli(makeProject(), "import", file)).code).toBe(1);
    // The first moments at least come long before the end.
    expect(came).toBeGreaterThanOrEqual(2);
  });

  test("an import leaves no run, or all of it; done again, it is whole", async () => {
    const moments: ((store: string) => boolean)[] = [
      (store) => existsSync(path.join(store, "db.sqlite")),
      (store) => staged(store).length > 0,
      (store) => count(path.join(store, "objects")) > 2,
      (store) => count(path.join(store, "objects")) > 20,
      (store) => staged(store).some((name) => name.endsWith("output.log")),
      (store) => staged(store).some((name) => name.endsWith(".pack")),
      (store) =>
        existsSync(path.join(store, "code.git/shallow")) || count(path.join(store, "code.git/refs/modeltrail")) > 0,
      (store) => count(path.join(store, "runs")) > 0,
    ];
    let came = 0;
    for (const moment of moments) {
      const here = makeProject();
      const store = path.join(here, ".modeltrail");
      came += Number(await kill(here, ["import", archive], () => moment(store)));
      if (existsSync(path.join(store, "db.sqlite"))) {
        const db = new DatabaseSync(path.join(store, "db.sqlite"));
        expect(db.prepare("PRAGMA quick_check").get()).toEqual({ quick_check: "ok" });
        db.close();
        const opened = openStore(here);
        const runs = opened.listRuns({}).total;
        opened.close();
        if (runs > 0) await expectWhole(here);
      }
      expect(await good(here, "import", archive)).toMatch(/Imported 1 of 1|1 was here already/);
      await expectWhole(here);
      // Except for a database that was still in the making: like every temporary file it goes with the next `gc`.
      const left = readdirSync(path.join(store, "tmp")).filter(
        (name) => !name.startsWith("db-") && statSync(path.join(store, "tmp", name)).size > 0,
      );
      expect(left).toEqual([]);
    }
    expect(came).toBeGreaterThanOrEqual(4);
  });

  const entries = (folder: string) =>
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const count = (folder: string) => attempt(() => entries(folder).length, 0);
  const staged = (store: string) =>
    attempt(() => entries(path.join(store, "tmp")).filter((name) => name.startsWith("import-")), []);

  /** Folders come and go while one looks. */
  function attempt<T>(look: () => T, otherwise: T): T {
    try {
      return look();
    } catch {
      return otherwise;
    }
  }

  test("imports at the same time bring each run once", async () => {
    const here = makeProject();
    const said = await Promise.all([1, 2, 3].map(() => good(here, "import", archive)));
    expect(said.filter((text) => text.includes("Imported 1 of 1"))).toHaveLength(1);
    expect(said.filter((text) => text.includes("1 was here already"))).toHaveLength(2);
    await expectWhole(here);
  });

  test("Ctrl-C cleans up", async () => {
    const place = makeProject();
    const [program, ...rest] = modeltrail("export", "big", "-o", path.join(place, "x.zip"));
    const child = spawn(program!, rest, {
      cwd: project,
      env: baseEnvironment(home),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr!.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await expect.poll(() => readdirSync(place).length, { interval: 1 }).toBe(1);
    child.kill("SIGINT");
    expect(await ended).toBe(1);
    expect(said).toContain("Interrupted. Nothing half done was left.");
    expect(readdirSync(place)).toEqual([]);
  });
});
