/** Places that are unkind to a recorder: the run is as it would be without us, and is recorded or says why not. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CodeVersion, Run } from "../../src/domain/run";
import {
  filesInSnapshot,
  filesOnDisk,
  gitIn,
  makeRepository,
  temporaryFolder,
  writeFiles,
} from "../../src/snapshot/code/testRepository";
import { makeReadOnly, tempDisk } from "../../src/store/testStore";
import { makeProject, python, useCli } from "./cli";
import { fillDisk, type Place, sha256, showLatest, visit } from "./place";

useCli();

/** Reads the files that it is given, and says so on both streams. */
const TRAIN = `import hashlib, os, sys
for name in [os.fsencode(name) for name in sys.argv[1:]] or sorted(n for n in os.listdir(b".") if n.startswith(b"data")):
    with open(name, "rb") as file:
        sys.stdout.buffer.write(name + b" " + hashlib.sha256(file.read()).hexdigest().encode() + b"\\n")
print("loss: 0.25")
print("read", file=sys.stderr)
`;
const DATA = "a,b\n1,2\n";
const FILES = { "train.py": TRAIN, "data.csv": DATA };
/** What hinders some places from being made here: said, never passed over. */
const NO_DISK = "a disk of its own cannot be mounted here: that takes root on Linux";

interface Expected extends Partial<Pick<Run, "gaps" | "warnings">> {
  code?: Partial<CodeVersion>;
  /** Names of the data files that were read; all contain `DATA`. */
  data?: string[];
}

/** Runs there, twice so that the second finds what the first left, and expects a whole record. Gives the second. */
async function expectRecorded(place: Place, expected: Expected = {}): Promise<Run> {
  const { code, data = ["data.csv"], gaps = [], warnings = [] } = expected;
  await visit(place);
  const { complaint, env, output } = await visit(place);
  expect(complaint).toBe("");
  const run = showLatest(place.cwd, env);
  expect(run).toMatchObject({ status: "finished", exitCode: 0, cwd: place.cwd, command: place.command });
  expect({ gaps: run.gaps, warnings: run.warnings }).toEqual({ gaps, warnings });
  expect(run.snapshot.code).toMatchObject(code ?? {});
  expect(run.snapshot.data.filter(({ role }) => role === "read")).toEqual(
    data.map((path) => ({ path, sha256: sha256(DATA), size: DATA.length, role: "read" })),
  );
  expect(run.metrics.loss).toMatchObject({ last: 0.25, count: 1 });
  expect(run.logSize).toBe(output.out.length + output.err.length);
  return run;
}

/** The snapshot holds every file of the disk, byte by byte. */
function expectWhole({ snapshot: { code } }: Run): void {
  expect(filesInSnapshot(code)).toEqual(filesOnDisk(code.root!));
}

const train = (...names: string[]) => [python, "train.py", ...names];

describe.skipIf(process.platform === "win32")("repositories", () => {
  test("none", async () => {
    const cwd = makeProject(FILES);
    const run = await expectRecorded({ cwd, command: train("data.csv"), watched: [cwd] }, { code: { head: null } });
    expect(run.snapshot.code.gitDir).toBe(join(cwd, ".modeltrail/code.git"));
    expectWhole(run);
  });

  test("without a commit", async () => {
    const cwd = makeProject(FILES);
    gitIn(cwd, "init", "--quiet", "--initial-branch=main");
    gitIn(cwd, "add", "train.py");
    const code = { head: null, branch: "main", dirty: true, gitDir: join(cwd, ".git") };
    expectWhole(await expectRecorded({ cwd, command: train("data.csv"), watched: [cwd] }, { code }));
  });

  test("a detached HEAD, with a stash", async () => {
    const cwd = makeRepository(FILES);
    writeFiles(cwd, { "train.py": `${TRAIN}# stashed\n` });
    gitIn(cwd, "stash", "push", "--quiet");
    gitIn(cwd, "checkout", "--quiet", "--detach");
    writeFiles(cwd, { "train.py": `${TRAIN}# changed\n`, "new.py": "untracked = 1\n" });
    gitIn(cwd, "add", "--intent-to-add", "new.py");
    const code = { head: gitIn(cwd, "rev-parse", "HEAD"), branch: null, dirty: true };
    expectWhole(await expectRecorded({ cwd, command: train("data.csv"), watched: [cwd] }, { code }));
  });

  test("a merge in progress", async () => {
    const cwd = makeRepository({ ...FILES, "lib.py": "x = 1\n" });
    const commitOn = (branch: string, from: string, content: string) => {
      gitIn(cwd, "checkout", "--quiet", "-B", branch, from);
      writeFiles(cwd, { "lib.py": content });
      gitIn(cwd, "commit", "--quiet", "-am", branch);
    };
    commitOn("theirs", "main", "x = 2\n");
    commitOn("main", "main", "x = 3\n");
    expect(() => gitIn(cwd, "merge", "theirs")).toThrow();
    expect(gitIn(cwd, "ls-files", "--unmerged")).not.toBe("");
    const code = { head: gitIn(cwd, "rev-parse", "main"), branch: "main", dirty: true };
    expectWhole(await expectRecorded({ cwd, command: train("data.csv"), watched: [cwd] }, { code }));
    expect(gitIn(cwd, "ls-files", "--unmerged")).not.toBe("");
  });

  test("a linked work tree", async () => {
    const main = makeRepository(FILES);
    const cwd = join(temporaryFolder(), "linked");
    gitIn(main, "worktree", "add", "--quiet", "-b", "side", cwd);
    writeFiles(cwd, { "train.py": `${TRAIN}# on the side\n` });
    const code = { branch: "side", root: cwd, gitDir: join(main, ".git"), dirty: true };
    expectWhole(await expectRecorded({ cwd, command: train("data.csv"), watched: [cwd, main] }, { code }));
  });

  test("a subfolder", async () => {
    const root = makeRepository({ "src/train.py": TRAIN, "src/data.csv": DATA, "top.py": "y = 1\n" });
    const place = { cwd: join(root, "src"), command: train("data.csv"), watched: [root] };
    const run = await expectRecorded(place, { code: { root, dirty: false }, data: ["src/data.csv"] });
    expect(run.script).toBe("src/train.py");
    expectWhole(run);
  });
});

describe.skipIf(process.platform === "win32")("names", () => {
  const ODD = ` it's "odd"\n$HOME 'é' 日本 🦆 `;

  test.each([true, false])(
    "spaces, quotes, line breaks and all of Unicode, in a repository: %s",
    async (isRepository) => {
      const cwd = join(temporaryFolder(), `folder${ODD}`);
      const [script, data] = [`train${ODD}.py`, `data${ODD}.csv`];
      writeFiles(cwd, { [script]: TRAIN, [data]: DATA });
      if (isRepository) {
        gitIn(cwd, "init", "--quiet", "--initial-branch=main");
        gitIn(cwd, "add", "--all");
        gitIn(cwd, "commit", "--quiet", "-m", "first");
      }
      const place = { cwd, command: [python, script, data], watched: [cwd] };
      const run = await expectRecorded(place, { code: { root: cwd }, data: [data] });
      expect(run.script).toBe(script);
      expectWhole(run);
    },
  );

  // Of the systems that we run on, only Linux has such names.
  test.skipIf(process.platform !== "linux")("not UTF-8: named in a gap, and in the snapshot all the same", async () => {
    const cwd = makeRepository(FILES);
    writeFileSync(Buffer.from(`${cwd}/data \xe9.csv`, "latin1"), DATA);
    const gap = {
      kind: "unreadable",
      path: "data \\xe9.csv",
      message: "data \\xe9.csv has a name that is not UTF-8 and was not hashed.",
    } as const;
    expectWhole(await expectRecorded({ cwd, command: train(), watched: [cwd] }, { gaps: [gap] }));
  });

  test("a symlink loop", async () => {
    const cwd = makeRepository(FILES);
    symlinkSync(".", join(cwd, "loop"));
    symlinkSync("there", join(cwd, "here"));
    symlinkSync("here", join(cwd, "there"));
    const place = { cwd, command: train("loop/loop/data.csv"), watched: [cwd] };
    expectWhole(await expectRecorded(place, { data: ["loop/loop/data.csv"] }));
  });
});

describe.skipIf(process.platform === "win32")("disks", () => {
  test.for([true, false])("a read-only folder, in a repository: %s", async (isRepository, { skip }) => {
    const disk = tempDisk("4m") ?? skip(NO_DISK);
    const cwd = join(disk, "project");
    writeFiles(cwd, FILES);
    if (isRepository) {
      gitIn(cwd, "init", "--quiet", "--initial-branch=main");
      gitIn(cwd, "add", "--all");
      gitIn(cwd, "commit", "--quiet", "-m", "first");
      writeFiles(cwd, { "new.py": "untracked = 1\n" });
    }
    makeReadOnly(disk);
    const home = makeProject();
    const place = { cwd, command: train("data.csv"), watched: [cwd], env: { HOME: home } };
    const warning = expect.stringContaining(`${cwd} is read-only, so its runs are kept in ${home}/`);
    expectWhole(await expectRecorded(place, { warnings: [warning] }));
  });

  test("a project on a full disk: it is not recorded, which is said", async ({ skip }) => {
    const disk = tempDisk("2m") ?? skip(NO_DISK);
    const cwd = join(disk, "project");
    writeFiles(cwd, FILES);
    fillDisk(disk);
    const { complaint } = await visit({ cwd, command: train("data.csv"), watched: [cwd] });
    expect(complaint).toMatch(/^modeltrail: this run is not recorded: .*(full|no space)/i);
    expect(complaint).toContain(cwd);
  });

  test("a store on a disk that has become full: the run is not recorded, which is said; the store opens again", async ({
    skip,
  }) => {
    const disk = tempDisk("4m") ?? skip(NO_DISK);
    const cwd = makeRepository(FILES);
    const place = { cwd, command: train("data.csv"), watched: [cwd], env: { MODELTRAIL_DIR: join(disk, "store") } };
    const first = await expectRecorded(place);
    const ballast = fillDisk(disk);
    const { complaint, env } = await visit(place);
    expect(complaint).toMatch(/^modeltrail: this run is not recorded: .*(full|no space)/i);
    expect(complaint).toContain(join(disk, "store"));
    rmSync(ballast);
    expect(showLatest(cwd, env)).toEqual(first);
    await expectRecorded(place);
  });

  test("a disk that becomes full while the command prints: it ends finished, and what is lost is said", async ({
    skip,
  }) => {
    const disk = tempDisk("4m") ?? skip(NO_DISK);
    const script = `${TRAIN}for i in range(200_000): print(f"step {i} and what else there is to say of it")\n`;
    const cwd = makeRepository({ ...FILES, "train.py": script });
    const env = { MODELTRAIL_DIR: join(disk, "store"), HOME: makeProject() };
    const { complaint, output } = await visit({ cwd, command: train("data.csv"), watched: [cwd], env });
    expect(output.out.length).toBeGreaterThan(4 << 20);
    expect(complaint).toMatch(/^$|^modeltrail: run [0-9a-f]{8} is not recorded in full: .*full/);
    // What could not be stored is, as soon as there is space.
    execFileSync("mount", ["-o", "remount,size=32m", disk]);
    const run = showLatest(cwd, env);
    expect(run).toMatchObject({ status: "finished", exitCode: 0 });
    const log = readFileSync(join(disk, "store/runs", run.id, "output.log"));
    const lost = output.out.length + output.err.length - log.length;
    expect(lost).toBeGreaterThan(0);
    expect(run.warnings).toContain(`${lost} bytes of the output could not be written to the log.`);
    const gap = "The disk did not take all of the output, so the tracer's notes of files may be incomplete too.";
    expect(run.gaps).toContainEqual({ kind: "tracer", message: gap });
    expect(run.metrics.loss).toMatchObject({ last: 0.25 });
    const read = { path: "data.csv", sha256: sha256(DATA), size: DATA.length, role: "read" };
    expect(run.snapshot.data).toContainEqual(read);
    const kept = log.toString("latin1").replace("read\n", "").slice(0, 100_000);
    expect(kept).toBe(output.out.toString("latin1", 0, 100_000));
  });
});
