import path from "node:path";
import { expect, it } from "vitest";
import type { Environment, Gap } from "../domain/run";
import { snapshotCode } from "./code";
import { gitIn, makeRepository, temporaryFolder, writeFiles } from "./code/testRepository";
import { type InputsFacts, type InputsRun, inputsOf } from "./inputs";

const ENVIRONMENT: Environment = {
  python: "3.11.7",
  executable: "/usr/bin/python3",
  implementation: "cpython",
  platform: "Linux-6.1-x86_64",
  cpu: "some",
  cores: 8,
  memory: 2 ** 34,
  gpus: [],
  packages: { numpy: "2.0.0", scipy: "1.17.1" },
  imported: ["numpy"],
  variables: { PYTHONHASHSEED: "0" },
};
const CODE = { "train.py": "print(1)\n", "data/iris.csv": "1,2\n", "README.md": "hi\n" };
const WRITTEN = ["outputs/metrics.json", "outputs/deep/model.bin"];

/** The run of train.py in a repository, as it would be stored; `write` is what earlier runs have left. */
async function runIn(folder: string, write: Record<string, string> = {}): Promise<InputsRun> {
  writeFiles(folder, write);
  const { code, gaps } = await snapshotCode(folder, temporaryFolder());
  return {
    command: ["python", "train.py", "--lr", "0.1"],
    cwd: folder,
    gaps,
    snapshot: {
      code,
      data: [
        { path: "data/iris.csv", sha256: "a".repeat(64), size: 4, role: "read" },
        { path: "outputs/metrics.json", sha256: "b".repeat(64), size: 2, role: "write" },
      ],
      config: [{ path: "conf/model.yaml", sha256: "c".repeat(64) }],
      environment: ENVIRONMENT,
      datasets: [],
    },
  };
}

function inputs(run: InputsRun, root: string, more: Partial<InputsFacts> = {}): Promise<string | null> {
  return inputsOf(run, { root, written: WRITTEN, used: [path.join(root, "train.py")], ...more });
}

it("is the same for a repeat, whatever earlier runs have written, and wherever the project is", async () => {
  const folder = makeRepository(CODE);
  const first = await inputs(await runIn(folder), folder);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  const leftovers = { "outputs/metrics.json": "{}", "outputs/deep/model.bin": "model" };
  expect(await inputs(await runIn(folder, leftovers), folder)).toBe(first);
  gitIn(folder, "add", "--all");
  gitIn(folder, "commit", "--quiet", "-m", "Keep what a run wrote");
  expect(await inputs(await runIn(folder, { "outputs/metrics.json": "other" }), folder)).toBe(first);

  const copy = makeRepository(CODE);
  expect(await inputs(await runIn(copy), copy)).toBe(first);
});

it("names the project's own paths in a command in short", async () => {
  const [one, other] = [makeRepository(CODE), makeRepository(CODE)];
  const hashes = await Promise.all(
    [one, other].map(async (folder) => {
      const run = await runIn(folder);
      return inputs({ ...run, command: ["python", `${folder}/train.py`, `--out=${folder}/outputs`] }, folder);
    }),
  );
  expect(hashes[0]).toBe(hashes[1]);
});

type Change = (run: InputsRun) => InputsRun;
const inSnapshot =
  (part: Partial<InputsRun["snapshot"]>): Change =>
  (run) => ({ ...run, snapshot: { ...run.snapshot, ...part } });
const inEnvironment = (part: Partial<Environment>) => inSnapshot({ environment: { ...ENVIRONMENT, ...part } });

it.each<{ what: string; change: Change }>([
  { what: "an argument", change: (run) => ({ ...run, command: [...run.command.slice(0, -1), "0.2"] }) },
  { what: "the working folder", change: (run) => ({ ...run, cwd: path.join(run.cwd, "data") }) },
  {
    what: "a data file",
    change: inSnapshot({ data: [{ path: "data/iris.csv", sha256: "d".repeat(64), size: 4, role: "read" }] }),
  },
  { what: "a data file less", change: inSnapshot({ data: [] }) },
  { what: "a config file", change: inSnapshot({ config: [{ path: "conf/model.yaml", sha256: "d".repeat(64) }] }) },
  { what: "the Python version", change: inEnvironment({ python: "3.11.8" }) },
  { what: "a package version", change: inEnvironment({ packages: { numpy: "2.0.1", scipy: "1.17.1" } }) },
  { what: "a seed variable", change: inEnvironment({ variables: { PYTHONHASHSEED: "1" } }) },
  { what: "no seed variable", change: inEnvironment({ variables: {} }) },
])("is another with another: $what", async ({ change }) => {
  const folder = makeRepository(CODE);
  const run = await runIn(folder);
  expect(await inputs(change(run), folder)).not.toBe(await inputs(run, folder));
});

it("is the same on another machine", async () => {
  const folder = makeRepository(CODE);
  const run = await runIn(folder);
  const elsewhere = inEnvironment({ cpu: "other", cores: 2, platform: "Darwin", executable: "/opt/python" });
  expect(await inputs(elsewhere(run), folder)).toBe(await inputs(run, folder));
});

it.each<{ what: string; write: Record<string, string>; facts: Partial<InputsFacts> }>([
  { what: "a line of code", write: { "train.py": "print(2)\n" }, facts: {} },
  { what: "a new file", write: { "helper.py": "" }, facts: {} },
  // A formatter that ran under Modeltrail has "written" the script.
  { what: "a source that a run has written", write: { "train.py": "print(2)\n" }, facts: { written: ["train.py"] } },
])("is another with another: $what", async ({ write, facts }) => {
  const folder = makeRepository(CODE);
  const before = await inputs(await runIn(folder), folder, facts);
  expect(await inputs(await runIn(folder, write), folder, facts)).not.toBe(before);
});

it("counts a file that another run wrote when this run read it", async () => {
  const folder = makeRepository(CODE);
  const reads = inSnapshot({ data: [{ path: "data/iris.csv", sha256: "a".repeat(64), size: 4, role: "read" }] });
  const written = ["data/iris.csv"];
  const before = await inputs(reads(await runIn(folder)), folder, { written });
  expect(await inputs(reads(await runIn(folder, { "data/iris.csv": "3,4\n" })), folder, { written })).not.toBe(before);
});

it("finds the project within a larger repository", async () => {
  const folder = makeRepository({ "top.py": "", "project/train.py": "print(1)\n" });
  const root = path.join(folder, "project");
  const first = await inputs({ ...(await runIn(root)), cwd: root }, root);
  const second = { ...(await runIn(root, { "outputs/metrics.json": "{}" })), cwd: root };
  expect(await inputs(second, root)).toBe(first);
  expect(await inputs(second, root, { written: [] })).not.toBe(first);
});

const CHANGED: Gap = { kind: "changed-while-hashing", path: "data/iris.csv", message: "…" };

it.each<{ what: string; change: Change }>([
  { what: "a file was changed while the run used it", change: (run) => ({ ...run, gaps: [CHANGED] }) },
  {
    what: "a file that was read has no hash",
    change: inSnapshot({ data: [{ path: "data/iris.csv", sha256: null, size: 4, role: "read" }] }),
  },
  { what: "nothing was seen of the run", change: inSnapshot({ environment: null }) },
  {
    what: "there is no code",
    change: (run) => inSnapshot({ code: { ...run.snapshot.code, commit: null, tree: null } })(run),
  },
])("is unknown when $what", async ({ change }) => {
  const folder = makeRepository(CODE);
  expect(await inputs(change(await runIn(folder)), folder)).toBeNull();
});

it("does not mind a result that was changed after the run", async () => {
  const folder = makeRepository(CODE);
  const run = await runIn(folder);
  const gaps: Gap[] = [{ kind: "changed-while-hashing", path: "outputs/metrics.json", message: "…" }];
  expect(await inputs({ ...run, gaps }, folder)).toBe(await inputs(run, folder));
});

it("knows very many files by their dataset alone, and nothing of those that are in none", async () => {
  const folder = makeRepository(CODE);
  const run = await runIn(folder);
  const of = (version: string) =>
    inSnapshot({ datasets: [{ name: "images", version: version.repeat(64), files: 3, size: 1, role: "read" }] })(run);
  const [one, other] = await Promise.all(["a", "b"].map((version) => inputs(of(version), folder, { counted: true })));
  expect(one).not.toBe(other);
  expect(await inputs(of("b"), folder)).toBe(await inputs(of("a"), folder));
  expect(await inputs(run, folder, { counted: true })).toBeNull();
});

it("tells apart files that must not be hashed by what stands for them", async () => {
  const folder = makeRepository(CODE);
  const run = await runIn(folder);
  const [one, other] = ["5 1700000000", "5 1800000000"].map((stamp) => ({ unhashed: new Map([[".env", stamp]]) }));
  expect(await inputs(run, folder, one)).toBe(await inputs(run, folder, { ...one }));
  expect(await inputs(run, folder, one)).not.toBe(await inputs(run, folder, other));
});
