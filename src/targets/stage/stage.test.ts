import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { snapshotCode } from "../../snapshot/code";
import type { Store } from "../../store/contract";
import { openStore } from "../../store/open";
import { processIdentity } from "../../store/process";
import { makeStage } from "./makeStage";
import { stagedJobs, stageFolder } from "./stageFolder";

let repository: string;
let store: Store;

beforeEach(() => {
  repository = realpathSync(mkdtempSync(path.join(tmpdir(), "modeltrail stage ")));
  execFileSync("git", ["init", "--quiet"], { cwd: repository });
});
afterEach(() => {
  store.close();
  rmSync(repository, { recursive: true, force: true, maxRetries: 3 });
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(repository, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    // Long before the run.
    utimesSync(file, 1_600_000_000.5, 1_600_000_000.5);
  }
}

async function begin(project = repository, cwd = project): Promise<string> {
  store = openStore(project);
  const facts = { experiment: "train", command: ["python", "train.py"], script: "train.py", source: "cli" };
  const id = store.createRun({ ...facts, cwd, startTime: Date.now() + 5_000, recorder: processIdentity() });
  const { code, gaps, warnings } = await snapshotCode(project, store.folder);
  store.setCode(id, code, gaps, warnings);
  return id;
}

async function stageOf(run: string, globs: string[] = []) {
  const stage = stageFolder(store.folder, "job");
  const { signal } = new AbortController();
  const made = await makeStage(store, store.getRun(run)!, stage, { globs, signal });
  const has = (name: string) => existsSync(path.join(stage.work, name));
  return { ...made, stage, has, text: (name: string) => readFileSync(path.join(stage.work, name), "utf8") };
}

test("has the code as it was taken, with its times, and not as it is now", async () => {
  write({ "train.py": "one\n", "lib/a.py": "a\n" });
  const run = await begin();
  writeFileSync(path.join(repository, "lib/a.py"), "changed\n");
  const { text, stage, facts } = await stageOf(run);
  expect([text("train.py"), text("lib/a.py")]).toEqual(["one\n", "a\n"]);
  // So that it is not sent again; of what was changed since, no time is known.
  expect(statSync(path.join(stage.work, "train.py")).mtimeMs).toBe(1_600_000_000_500);
  expect(statSync(path.join(stage.work, "lib/a.py")).mtimeMs).toBeGreaterThan(1_700_000_000_000);
  expect(facts).toEqual({ origin: repository, project: "", cwd: "" });
});

test("a project within a repository has all of that, and starts in its own folder", async () => {
  write({ "shared/util.py": "", "app/modeltrail.yaml": "", "app/train.py": "", "app/deep/x.txt": "" });
  const run = await begin(path.join(repository, "app"), path.join(repository, "app", "deep"));
  const { facts, has } = await stageOf(run);
  expect(facts).toEqual({ origin: repository, project: "app", cwd: "app/deep" });
  expect(has("shared/util.py")).toBe(true);
});

test("has data that is declared, asked for, or was read before; nothing that looks secret or lies elsewhere", async () => {
  write({
    ".gitignore": "*.csv\n*.bin\n.env\nkeys/\n",
    "modeltrail.yaml": "data: [declared/*.csv]\n",
    "train.py": "",
    "declared/a.csv": "1",
    "asked/b.bin": "2",
    "before/c.csv": "3",
    "other/d.csv": "4",
    ".env": "TOKEN=1",
    "keys/id_rsa": "x",
  });
  const earlier = await begin();
  const reads = ["before/c.csv", "gone.csv", ".env", "/etc/hostname"].map((name) => ({
    path: name,
    sha256: null,
    size: 1,
  }));
  store.ingest(earlier, { data: reads.map((file) => ({ ...file, role: "read" as const })) });
  store.endRun(earlier, { status: "finished", exitCode: 0, signal: null, endTime: Date.now() });
  store.close();
  const { has, text, stage } = await stageOf(await begin(), ["asked/**", "keys/*"]);
  expect(["declared/a.csv", "asked/b.bin", "before/c.csv"].map(text)).toEqual(["1", "2", "3"]);
  expect(["other/d.csv", "gone.csv", ".env", "keys/id_rsa", "etc/hostname"].filter(has)).toEqual([]);
  expect(statSync(path.join(stage.work, "before/c.csv")).mtimeMs).toBe(1_600_000_000_500);
});

test("what a stage is, is known from its folder alone, until that is removed", async () => {
  write({ "train.py": "" });
  const { facts } = await stageOf(await begin());
  const again = stageFolder(store.folder, "job");
  expect(again.facts()).toEqual(facts);
  expect(again.collectedSince()).toBeNull();
  again.markCollecting();
  const since = again.collectedSince();
  again.markCollecting();
  expect(again.collectedSince()).toBe(since);
  expect(stagedJobs(store.folder)).toEqual(["job"]);
  again.remove();
  expect([stagedJobs(store.folder), stageFolder(store.folder, "job").facts()]).toEqual([[], null]);
});

test("a command that starts outside of its code cannot be sent", async () => {
  write({ "train.py": "" });
  const run = await begin(repository, tmpdir());
  await expect(stageOf(run)).rejects.toThrow("outside of the code");
});
