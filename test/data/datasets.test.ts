/** Datasets and lineage through the real command: recorded from runs of real scripts, listed, compared, verified, traced. */
import { execFile, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { DatasetComparison } from "../../src/domain/datasetComparison";
import type { Lineage } from "../../src/domain/lineage";
import type { Run } from "../../src/domain/run";
import type { TableComparison } from "../../src/domain/tableComparison";
import { objectPath } from "../../src/store/objects";
import { baseEnvironment, makeProject, modeltrail, python, useCli } from "../recorder/cli";

useCli();

/** Reads the first files and writes the last one: `step.py IN… OUT`. */
const STEP = `import sys
*sources, target = sys.argv[1:]
text = "".join(open(source).read() for source in sources)
open(target, "w").write(text + "more\\n")
`;

let project: string;
beforeEach(() => {
  project = makeProject({ "modeltrail.yaml": "", "step.py": STEP });
});

function put(name: string, content: string): void {
  mkdirSync(dirname(join(project, name)), { recursive: true });
  writeFileSync(join(project, name), content);
}

interface Result {
  code: number;
  out: string;
  err: string;
}

function call(command: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const options = { cwd: project, env: baseEnvironment(project), maxBuffer: 1 << 26 };
    execFile(command[0]!, command.slice(1), options, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

const cli = (...args: string[]) => call(modeltrail(...args));

async function json<T>(...args: string[]): Promise<T> {
  const { out, err } = await cli(...args, "--json");
  expect(err).toBe("");
  return JSON.parse(out) as T;
}

async function step(name: string, ...files: string[]): Promise<Run> {
  const { code, err } = await cli("run", "--name", name, "--", python, "step.py", ...files);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return await json<Run>("show", name);
}

interface Dataset {
  name: string;
  kind: string;
  files: number;
  versions: number;
  runs: number;
  kept: { files: number; size: number };
}

it("follows declared datasets and single files over their versions", async () => {
  put("modeltrail.yaml", "datasets:\n  wine: data/*.csv\nkeep:\n  maxFileSize: 100 B\n");
  put("data/a.csv", "id,score\n1,5\n2,6\n3,7\n");
  put("data/b.csv", "id,score\n4,5\n");
  put("data/big.csv", `id,text\n1,${"x".repeat(200)}\n`);
  put("notes.txt", "one\n");
  const first = await step("first", "data/a.csv", "notes.txt", "out.txt");
  expect(first.snapshot.datasets).toMatchObject([
    { name: "notes.txt", files: 1, role: "read" },
    { name: "wine", files: 3, role: "read" },
  ]);
  expect(first.snapshot.data.filter(({ role }) => role === "read").map(({ path }) => path)).toEqual([
    "data/a.csv",
    "data/b.csv",
    "data/big.csv",
    "notes.txt",
  ]);
  put("data/a.csv", "id,score\n1,5\n2,60\n3,7\n9,9\n");
  renameSync(join(project, "data/b.csv"), join(project, "data/c.csv"));
  appendFileSync(join(project, "data/big.csv"), "2,y\n");
  const second = await step("second", "data/a.csv", "notes.txt", "out.txt");
  expect(await json<Dataset[]>("data", "ls")).toMatchObject([
    { name: "notes.txt", kind: "read", versions: 1, runs: 2, kept: { files: 1 } },
    { name: "wine", kind: "declared", versions: 2, runs: 2, files: 3, kept: { files: 2 } },
  ]);
  const [latest, former] = await json<{ version: string; uses: { run: string }[] }[]>("data", "versions", "wine");
  expect([latest!.uses, former!.uses]).toMatchObject([[{ run: second.id }], [{ run: first.id }]]);

  type Diff = DatasetComparison & {
    tables: { path: string; comparison: TableComparison | null; problem: string | null }[];
  };
  const diff = await json<Diff>("data", "diff", "wine", "first", latest!.version.slice(0, 8));
  expect(diff.counts).toEqual({ added: 0, removed: 0, changed: 2, moved: 1, same: 0 });
  expect(diff.moved).toMatchObject([{ from: "data/b.csv", to: "data/c.csv" }]);
  expect(diff.tables.map(({ path }) => path)).toEqual(["data/a.csv", "data/big.csv"]);
  expect(diff.tables[0]!.comparison!.rows).toMatchObject({ added: 1, removed: 0, changed: 1 });
  // The earlier one was too large to be kept, and is no longer on disk.
  expect(diff.tables[1]).toMatchObject({ comparison: null, problem: expect.stringContaining("first") });
  const { out } = await cli("data", "diff", "wine");
  expect(out).toContain("2 changed, 1 moved, 0 the same");
  expect(out).toContain("  > data/b.csv → data/c.csv");

  expect(await json("data", "verify")).toMatchObject({ versions: 3, hashOnly: { files: 2 }, faults: [] });
  const object = objectPath(join(project, ".modeltrail"), diff.changed[0]!.before.sha256);
  chmodSync(object, 0o644);
  writeFileSync(object, "damaged");
  const verified = await cli("data", "verify");
  expect(verified.code).toBe(1);
  expect(verified.out).toContain("wine: What is kept of data/a.csv is damaged.");
});

it("knows what a run has read whose recorder was killed", async () => {
  put("modeltrail.yaml", "datasets:\n  wine: data\n");
  put("data/a.csv", "1\n");
  put("data/b.csv", "2\n");
  put("wait.py", "import sys\nopen('data/a.csv').read()\nopen('ready', 'w').close()\nsys.stdin.read()\n");
  const [program, ...args] = modeltrail("run", "--name", "killed", "--", python, "wait.py");
  const options = { cwd: project, env: baseEnvironment(project), stdio: ["pipe", "ignore", "ignore"] as const };
  const recorder = spawn(program!, args, options as unknown as SpawnOptions);
  await expect.poll(() => existsSync(join(project, "ready")), { timeout: 20_000 }).toBe(true);
  recorder.kill("SIGKILL");
  await once(recorder, "exit");
  // The command's input ends with its recorder, and so it ends too.
  const lost = await json<Run>("show", "killed");
  expect(lost).toMatchObject({ status: "lost", snapshot: { datasets: [{ name: "wine", files: 2, role: "read" }] } });
  const whole = await step("whole", "data/a.csv", "out.txt");
  expect(whole.snapshot.datasets).toEqual(lost.snapshot.datasets);
});

it("names what DVC tracks as DVC does, and keeps what DVC calls it", async () => {
  put(".dvc/config", "");
  put("images/1.txt", "one\n");
  put("images/2.txt", "two\n");
  put("images.dvc", "outs:\n- md5: 196a322c107c2572335158503c64bfba.dir\n  size: 8\n  nfiles: 2\n  path: images\n");
  const run = await step("train", "images/1.txt", "out.txt");
  expect(run.snapshot.datasets).toMatchObject([{ name: "images", files: 2 }]);
  const { out } = await cli("data", "versions", "images");
  expect(out).toContain("196a322c.dir  train");
});

it("tells where a file came from and what depends on it, wherever the file is now", async () => {
  put("raw.csv", "raw\n");
  await step("prepare", "raw.csv", "clean.csv");
  await step("train", "clean.csv", "model.txt");
  await step("evaluate", "model.txt", "report.txt");
  mkdirSync(join(project, "best"));
  renameSync(join(project, "model.txt"), join(project, "best/final.txt"));

  const { root, complete } = await json<Lineage>("lineage", "best/final.txt");
  expect(complete).toBe(true);
  expect(root).toMatchObject({
    path: "best/final.txt",
    runs: [{ name: "train", path: "model.txt", files: [{ path: "clean.csv", runs: [{ name: "prepare" }] }] }],
  });
  const text = (await cli("lineage", "best/final.txt")).out.replaceAll(/\([^)]*\)/g, "()");
  expect(text).toBe(`best/final.txt  14 B
└─ written by train ()
   └─ clean.csv  9 B
      └─ written by prepare ()
         └─ raw.csv  4 B
`);
  const down = await cli("lineage", "raw.csv", "--down");
  expect([...down.out.matchAll(/read by (\w+)/g)].map((match) => match[1])).toEqual(["prepare", "train", "evaluate"]);
  // Known from runs alone, by path, dataset or content.
  rmSync(join(project, "clean.csv"));
  expect((await json<Lineage>("lineage", "clean.csv")).root).toMatchObject({
    kind: "file",
    runs: [{ name: "prepare" }],
  });
  expect((await json<Lineage>("lineage", "model.txt", "--down")).root.runs).toMatchObject([{ name: "evaluate" }]);
  const sha256 = root.kind === "file" ? root.sha256 : "";
  expect((await json<Lineage>("lineage", `sha256:${sha256}`)).root.runs).toMatchObject([{ name: "train" }]);
});

it("says what it cannot do", async () => {
  put("raw.csv", "raw\n");
  expect((await cli("data", "ls")).out).toContain("No datasets yet.");
  await step("only", "raw.csv", "out.txt");
  const said = async (...args: string[]) => {
    const { code, err } = await cli(...args);
    return `${code} ${err}`;
  };
  expect(await said("data", "diff", "raw")).toContain('1 modeltrail: There is no dataset "raw". There are: raw.csv.');
  expect(await said("data", "diff", "raw.csv")).toContain("has one version only");
  expect(await said("data", "diff", "raw.csv", "latest", "dead")).toContain("neither a version of");
  expect(await said("data", "versions", "raw.csv", "--limit", "none")).toContain("not a number of versions");
  expect(await said("lineage", "nothing.csv")).toContain("neither a file on disk");
  expect(await said("lineage", "sha256:12")).toContain("not a whole SHA-256");
  expect(await said("lineage", `sha256:${"0".repeat(64)}`)).toContain("No run has read or written");
  expect(await said("lineage", "raw.csv", "--up", "--down")).toContain("not both");
});
