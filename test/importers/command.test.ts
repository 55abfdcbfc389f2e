/** `import-from` and `export-to` as they ship: projects with several trackers, and kills at any moment. */
import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { fixture, imprint, makeFile } from "../../src/ingest/importers/testImport";
import type { Store } from "../../src/store/contract";
import { openStore } from "../../src/store/open";
import { tempFolder } from "../../src/store/testStore";
import { baseEnvironment, modeltrail, useCli } from "../recorder/cli";

useCli();

function cli(cwd: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [program, ...rest] = modeltrail(...args);
  return new Promise((resolve) => {
    execFile(program!, rest, { cwd, env: baseEnvironment(tempFolder()) }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

async function good(cwd: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await cli(cwd, ...args);
  expect(code, err + out).toBe(0);
  return out;
}

/** A project with MLflow's folder, W&B's and DVC's experiments in it. */
function project(): string {
  const folder = tempFolder();
  execFileSync("git", ["init", "-q"], { cwd: folder });
  cpSync(path.join(fixture("mlflow-files"), "mlruns"), path.join(folder, "mlruns"), { recursive: true });
  cpSync(path.join(fixture("wandb"), "wandb"), path.join(folder, "wandb"), { recursive: true });
  const dvc = fixture("dvc");
  execFileSync("git", ["fetch", "-q", path.join(dvc, "repository.bundle"), "refs/*:refs/*"], { cwd: folder });
  cpSync(path.join(dvc, "cache"), path.join(folder, ".dvc", "cache"), { recursive: true });
  return folder;
}

function inStore<T>(folder: string, look: (store: Store) => T): T {
  const store = openStore(folder, { create: false });
  try {
    return look(store);
  } finally {
    store.close();
  }
}

test("a project's trackers are found, and all their runs imported; code of DVC's is the run's code", async () => {
  const folder = project();
  const found = JSON.parse(await good(folder, "import-from", ".", "--find", "--json")) as { kind: string }[];
  expect(found.map(({ kind }) => kind)).toEqual(["mlflow-folder", "wandb", "dvc"]);
  expect(await good(folder, "import-from", ".", "--dry-run")).toContain("nothing was done");
  expect(existsSync(path.join(folder, ".modeltrail"))).toBe(false);
  const sources = ["mlruns", "wandb", ".dvc"].map((name) => path.join(folder, name));
  const before = sources.map(imprint);
  await good(folder, "import-from", ".");
  expect(sources.map(imprint)).toEqual(before);
  const runs = JSON.parse(await good(folder, "ls", "--json", "--limit", "100")) as { id: string; name: string }[];
  expect(runs.map(({ name }) => name).sort()).toEqual([
    "broken",
    "child",
    "first",
    "going on",
    "high",
    "low",
    "parent",
  ]);
  const high = runs.find(({ name }) => name === "high")!.id;
  const restored = path.join(tempFolder(), "restored");
  await good(folder, "restore", high, "--to", restored);
  expect(readFileSync(path.join(restored, "params.yaml"), "utf8")).toContain("lr: 1.5");
  const again = JSON.parse(await good(folder, "import-from", ".", "--json")) as {
    places: { runs: { outcome: string }[] }[];
  };
  expect(new Set(again.places.flatMap((place) => place.runs.map(({ outcome }) => outcome)))).toEqual(
    new Set(["present"]),
  );
});

test("--experiment puts runs where it is said", async () => {
  const folder = project();
  await good(folder, "import-from", "wandb", "--experiment", "old");
  expect(inStore(folder, (store) => store.listExperiments().map(({ name }) => name))).toEqual(["old"]);
});

test("what is no tracker's is refused in a sentence", async () => {
  const folder = tempFolder();
  const { code, err } = await cli(folder, "import-from", ".");
  expect([code, err]).toEqual([1, expect.stringContaining("is nothing that runs can be imported from")]);
});

test("an import that is killed goes on where it was, and nothing is here twice or half", async () => {
  const folder = project();
  const experiment = path.join(folder, "mlruns", "999");
  makeFile(path.join(experiment, "meta.yaml"), "experiment_id: '999'\nname: many\nlifecycle_stage: active\n");
  const lines = Array.from({ length: 300 }, (_, step) => `1700000000000 ${step}.5 ${step}\n`).join("");
  for (let i = 0; i < 120; i++) {
    const id = i.toString(16).padStart(32, "0");
    const run = path.join(experiment, id);
    makeFile(
      path.join(run, "meta.yaml"),
      `run_id: '${id}'\nrun_name: r${i}\nstatus: 3\nstart_time: 1700000000000\nend_time: 1700000001000\nlifecycle_stage: active\n`,
    );
    makeFile(path.join(run, "metrics", "loss"), lines);
    makeFile(path.join(run, "artifacts", "weights.bin"), Buffer.alloc(50_000, i));
  }
  const total = 124;
  let kills = 0;
  for (let wait = 0; kills < 3; wait += 7) {
    const [program, ...rest] = modeltrail("import-from", "mlruns");
    const child = spawn(program!, rest, { cwd: folder, env: baseEnvironment(tempFolder()), stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const countBefore = counted(folder);
    // Not before the first run of this attempt is there, and then at another place each time.
    for (;;) {
      if (child.exitCode !== null || counted(folder) > countBefore + wait) break;
      await pause(5);
    }
    if (child.exitCode !== null) break;
    child.kill("SIGKILL");
    await ended;
    kills++;
  }
  expect(kills).toBeGreaterThan(0);
  await good(folder, "import-from", "mlruns");
  inStore(folder, (store) => {
    const { runs } = store.listRuns({ limit: 1_000 });
    expect(runs).toHaveLength(total);
    for (const run of runs.filter(({ experiment: name }) => name === "many")) {
      expect(run.metrics.loss).toMatchObject({ count: 300, last: 299.5 });
      expect(store.getRun(run.id)!.artifacts).toHaveLength(1);
    }
  });
  expect(
    readdirSync(path.join(folder, ".modeltrail", "tmp")).filter((name) => name.startsWith("import-")).length,
  ).toBeLessThanOrEqual(kills);
  const { places } = JSON.parse(await good(folder, "import-from", "mlruns", "--json")) as {
    places: { runs: { outcome: string }[] }[];
  };
  expect(places[0]!.runs.every(({ outcome }) => outcome === "present")).toBe(true);
});

function counted(folder: string): number {
  if (!existsSync(path.join(folder, ".modeltrail", "db.sqlite"))) return 0;
  try {
    return inStore(folder, (store) => store.listRuns({ limit: 1 }).total);
  } catch {
    // It is being made.
    return 0;
  }
}
