/** Jobs on a folder of this machine make the same record as runs here. */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import type { Store } from "../../src/store/contract";
import { openStore } from "../../src/store/open";
import { pythonWithPackages } from "../examplePython";
import { makeProject, python, recorded, runSession, useCli } from "../recorder/cli";
import { ended, leftovers, startFolderJob, useFolderJobs } from "./fixtures/folderJobs";

useCli();
useFolderJobs();

const examples = path.join(import.meta.dirname, "../../examples");

/** Both ways: on this machine first, then as a job. */
async function bothWays(
  project: string,
  on: string,
  args: string[],
  cwd = project,
): Promise<{ store: Store; here: Run; there: Run; left: string[] }> {
  const command = ["python3", ...args];
  const env = { HOME: makeProject(), PATH: `${path.dirname(on)}:${process.env.PATH}` };
  const local = await runSession({ command: recorded(command), cwd, env });
  expect(local.code, local.err.toString()).toBe(0);
  const store = openStore(project);
  // Not those below it, one for each fit that MLflow saw.
  const here = store.getRun(store.listRuns({ parent: null }).runs[0]!.id)!;
  const started = startFolderJob(store, command, { on, cwd });
  const job = await ended(store, started);
  expect(job).toMatchObject({ outcome: "finished", reason: null });
  const there = store.getRun(job.run!)!;
  const logs = [here, there].map(({ id }) => readFileSync(store.logPath(id), "utf8"));
  // The script says where it lies.
  expect(logs[1]!.replaceAll(/\S+\/work\b/g, project)).toEqual(logs[0]);
  return { store, here, there, left: leftovers(store, started) };
}

const byPath = <File extends { path: string }>(files: readonly File[]) =>
  [...files].sort((one, other) => (one.path < other.path ? -1 : 1));

/** The runs below, one for each fit that MLflow saw. */
const childrenOf = (store: Store, { id }: Run) =>
  store.listRuns({ parent: id }).runs.map(({ params, metrics, status }) => ({
    params,
    status,
    metrics: Object.entries(metrics).map(([key, { last, count }]) => [key, last, count]),
  }));

/** MLflow's picture of an estimator has random names in it: of it the size counts. */
const artifactsOf = ({ artifacts }: Run) =>
  byPath(artifacts).map(({ path: name, sha256, size }) => [name, size, name === "estimator.html" ? "" : sha256]);

function pointsOf(store: Store, { id, metrics }: Run) {
  const keys = Object.keys(metrics).filter((key) => !key.startsWith("system/"));
  return Object.fromEntries(
    keys.map((key) => [key, store.metricHistory(id, key, 0, 1000).points.map(({ step, value }) => [step, value])]),
  );
}

const LITTLE = { quickstart: ["--epochs", "20"], wine: ["--epochs", "2", "--n-estimators", "10"] };

test.each(["quickstart", "wine"] as const)("the example %s is the same on a target", async (example) => {
  const on = example === "wine" ? pythonWithPackages() : python;
  if (!on) throw new Error("no Python with scikit-learn: see test/requirements.txt");
  const project = makeProject();
  const filter = (source: string) => ![".venv", "outputs"].includes(path.basename(source));
  cpSync(path.join(examples, example), project, { recursive: true, filter });
  const { store, here, there, left } = await bothWays(project, path.join(path.dirname(on), "python3"), [
    "train.py",
    ...LITTLE[example],
  ]);
  expect(there).toMatchObject({ status: "finished", exitCode: 0, script: "train.py", cwd: project });
  expect(there.params).toEqual(here.params);
  expect(pointsOf(store, there)).toEqual(pointsOf(store, here));
  expect(artifactsOf(there)).toEqual(artifactsOf(here));
  expect(byPath(there.snapshot.data)).toEqual(byPath(here.snapshot.data));
  expect(byPath(there.snapshot.config)).toEqual(byPath(here.snapshot.config));
  expect(there.snapshot.datasets).toEqual(here.snapshot.datasets);
  expect(there.snapshot.environment).toEqual(here.snapshot.environment);
  // So it shows as a repeat of the other.
  expect(there.inputs).toBe(here.inputs);
  expect(here.inputs).not.toBeNull();
  expect(childrenOf(store, there)).toEqual(childrenOf(store, here));
  expect(there.gaps).toEqual(here.gaps);
  expect(there.warnings).toEqual([]);
  expect(left).toEqual([]);
  store.close();
});

test("a project within a repository: files around it are called what they are called here", async () => {
  const script = `import argparse, sys
sys.path.insert(0, "../../lib")
from helper import double
parser = argparse.ArgumentParser()
parser.add_argument("--rows", default="../../shared/rows.csv")
rows = open(parser.parse_args().rows).read().split()
names = [line.strip() for line in open("../names.txt")]
open("out.txt", "w").write(double(rows[0]) + names[0])
open("../../shared/made.txt", "w").write("made")
`;
  const repository = makeProject({
    "lib/helper.py": "def double(text):\n    return text * 2\n",
    "shared/rows.csv": "1\n2\n",
    "app/modeltrail.yaml": "",
    "app/names.txt": "a\n",
    "app/work/train.py": script,
  });
  execFileSync("git", ["init", "--quiet"], { cwd: repository });
  const project = path.join(repository, "app");
  const { store, here, there } = await bothWays(project, python, ["train.py"], path.join(project, "work"));
  expect(JSON.stringify(there)).not.toContain("stages");
  expect(byPath(there.snapshot.data)).toEqual(byPath(here.snapshot.data));
  expect(there.snapshot.datasets).toEqual(here.snapshot.datasets);
  expect(artifactsOf(there)).toEqual(artifactsOf(here));
  expect(there.params).toEqual(here.params);
  expect(there.gaps).toEqual(here.gaps);
  store.close();
});
