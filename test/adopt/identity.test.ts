/** A run that waits for adoption is the same as one that nobody knows of, whether or not somebody comes. */
import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { prepareAdoption, readAllAnnounced, readAnnounced } from "../../src/recorder/adopt/announcements";
import { lastWord } from "../../src/recorder/adopt/lastWord";
import { type IdentityCase, identityCases } from "../tracer/identityCases";
import {
  findPythons,
  type Python,
  type Result,
  type RunOptions,
  runBare,
  Scratch,
  tracerFolder,
} from "../tracer/python";

const scratch = new Scratch();
afterAll(() => scratch.remove());
const store = join(scratch.base, "store");
const runs = () => list(join(store, "runs"));
const announced = () => list(join(store, "adopt")).filter((name) => name !== "variables");

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function fresh(files: Record<string, string>): void {
  rmSync(store, { recursive: true, force: true });
  prepareAdoption(store);
  scratch.clear();
  scratch.write(files);
}

/** With the environment of a terminal whose runs are recorded. */
function runInTerminal(python: Python, argv: string[], options: RunOptions): Promise<Result> {
  const theirs = options.env?.PYTHONPATH;
  const env = {
    ...options.env,
    PYTHONPATH: theirs === undefined ? tracerFolder : `${tracerFolder}:${theirs}`,
    MODELTRAIL_ADOPT: join(store, "adopt"),
    MODELTRAIL_ROOT: options.cwd,
  };
  return runBare(python, argv, { ...options, env });
}

function withoutAddresses(result: Result): Result {
  return { ...result, stdout: result.stdout.replace(/0x[0-9a-f]{6,}|started \d+/g, "…") };
}

const pythons = findPythons();
const cases = identityCases.filter((one) => !one.posix || process.platform !== "win32");
const isRun = ({ argv }: IdentityCase) => argv.length === 1 && argv[0]!.endsWith(".py");

// The oldest and the newest: the tracer's own tests have them all.
describe.each([pythons[0]!, pythons.at(-1)!])("Python $version", (python) => {
  test.each(cases)("$name", async (one) => {
    const options = { cwd: scratch.project, env: one.env, stdin: one.stdin };
    fresh(one.files);
    await runBare(python, one.argv, options);
    fresh(one.files);
    const bare = await runBare(python, one.argv, options);
    fresh(one.files);
    const waiting = await runInTerminal(python, one.argv, options);
    expect(withoutAddresses(waiting)).toEqual(withoutAddresses(bare));
    if (isRun(one)) expect(announced()).toHaveLength(1);
  });

  test.each([
    ["ends by itself", "print(1)", { exitCode: 0 }],
    ["has an error that nobody caught", "1 / 0", { exception: "ZeroDivisionError" }],
    ["was interrupted", "raise KeyboardInterrupt", { exception: "KeyboardInterrupt" }],
    ["caught its errors", "try: 1 / 0\nexcept ZeroDivisionError: pass", { exitCode: 0 }],
    ["chose an exit code", "import sys; sys.exit(3)", {}],
  ])("says of its end that it %s", async (_, source, word) => {
    fresh({ "main.py": source });
    await runInTerminal(python, ["main.py"], { cwd: scratch.project });
    const [id] = announced();
    const { spoolFile } = readAnnounced(join(store, "runs", id!))!;
    const { e: _e, t: _t, ...said } = lastWord(spoolFile)!;
    expect(said).toEqual(word);
  });

  test("the processes that a run starts are the run's own", async () => {
    const start = "import subprocess, sys; subprocess.run([sys.executable, 'child.py'], check=True)";
    fresh({ "main.py": start, "child.py": "print(open('child.py').read()[:5])" });
    await runInTerminal(python, ["main.py"], { cwd: scratch.project });
    expect(announced()).toEqual(runs());
    expect(list(join(store, "runs", runs()[0]!, "spool"))).toHaveLength(2);
  });

  test("what a test tool starts is no run", async () => {
    const start = "import subprocess, sys; subprocess.run([sys.executable, 'child.py'], check=True)";
    fresh({ "setup.py": start, "child.py": "print(1)" });
    expect((await runInTerminal(python, ["setup.py"], { cwd: scratch.project })).stdout).toBe("1\n");
    expect(announced()).toEqual([]);
  });
});

const newest = pythons.at(-1)!;

test.runIf(process.platform === "linux")("what mpirun or srun starts is one run", async () => {
  fresh({ "train.py": "print(1)" });
  // A shell under the name of a launcher starts its processes just as that does.
  const launcher = join(scratch.base, "mpirun");
  copyFileSync("/bin/bash", launcher);
  const env = { PYTHONPATH: tracerFolder, MODELTRAIL_ADOPT: join(store, "adopt"), MODELTRAIL_ROOT: scratch.project };
  const line = `${newest.executable} train.py & ${newest.executable} train.py & wait`;
  for (const launches of [1, 2]) {
    await promisify(execFile)(launcher, ["-c", line], { cwd: scratch.project, env: { ...process.env, ...env } });
    expect(announced()).toHaveLength(launches);
  }
  for (const id of announced()) expect(readAllAnnounced(join(store, "runs", id))).toHaveLength(2);
});

test("without anybody who adopts, a run writes little", async () => {
  const names =
    "import os\nfor i in range(30000):\n    os.rename('a' * 200 + str(i), 'a' * 200 + str(i + 1)) if i else open('a' * 200 + '1', 'w').close()\n";
  fresh({ "main.py": names });
  expect((await runInTerminal(newest, ["main.py"], { cwd: scratch.project })).code).toBe(0);
  const spool = join(store, "runs", runs()[0]!, "spool");
  const [file] = list(spool);
  expect(statSync(join(spool, file!)).size).toBeLessThan(4 << 20);
  // Of a run that is adopted, all is written.
  fresh({ "main.py": `import os\nopen(os.environ['MODELTRAIL_SPOOL'] + '/../end.json', 'w').close()\n${names}` });
  await runInTerminal(newest, ["main.py"], { cwd: scratch.project });
  const adopted = join(store, "runs", runs()[0]!, "spool");
  expect(statSync(join(adopted, list(adopted)[0]!)).size).toBeGreaterThan(6 << 20);
});

test("with many runs that nobody adopted, no more are announced", async () => {
  fresh({ "main.py": "print(1)" });
  for (let n = 0; n < 201; n++) writeFileSync(join(store, "adopt", n.toString(16).padStart(32, "0")), "");
  expect(await runInTerminal(newest, ["main.py"], { cwd: scratch.project })).toMatchObject({ stdout: "1\n", code: 0 });
  expect(runs()).toEqual([]);
});

test("a shell that kept the variables goes on without the extension, and without the store", async () => {
  fresh({ "main.py": "import sys; print(sys.path, sorted(sys.modules))" });
  const cwd = scratch.project;
  const bare = await runBare(newest, ["main.py"], { cwd });
  const gone = { PYTHONPATH: join(scratch.base, "gone"), MODELTRAIL_ADOPT: join(store, "adopt"), MODELTRAIL_ROOT: cwd };
  // Python itself keeps a folder of PYTHONPATH that is not there.
  const removed = await runBare(newest, ["main.py"], { cwd, env: gone });
  expect(removed.stdout.replace(`'${gone.PYTHONPATH}', `, "")).toBe(bare.stdout);
  expect({ ...removed, stdout: "" }).toEqual({ ...bare, stdout: "" });
  rmSync(store, { recursive: true });
  expect(await runInTerminal(newest, ["main.py"], { cwd })).toEqual(bare);
  mkdirSync(store);
  writeFileSync(join(store, "adopt"), "a file");
  expect(await runInTerminal(newest, ["main.py"], { cwd })).toEqual(bare);
  expect(readFileSync(join(store, "adopt"), "utf8")).toBe("a file");
});
