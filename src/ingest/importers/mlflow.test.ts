import { appendFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { objectPath } from "../../store/objects";
import { expected, fixture, imprint, makeFile, outcomes, pointsOf, testImport } from "./testImport";

interface ExpectedRun {
  id: string;
  experiment: string;
  name: string;
  status: string;
  start: number;
  end: number | null;
  params: Record<string, string>;
  tags: Record<string, string>;
  series: Record<string, [step: number, time: number, value: number | string][]>;
}

const STATUS: Record<string, string> = { FINISHED: "finished", FAILED: "failed", RUNNING: "lost" };
/** MLflow's database gives the greatest double for an infinity that was logged. */
const GREATEST = String(Number.MAX_VALUE);
const NUMBERS: Record<string, string> = {
  ...{ nan: "NaN", inf: "Infinity", "-inf": "-Infinity" },
  ...{ [GREATEST]: "Infinity", [`-${GREATEST}`]: "-Infinity" },
};

function place(kind: "mlflow-folder" | "mlflow-database") {
  const folder = fixture(kind === "mlflow-folder" ? "mlflow-files" : "mlflow-database");
  return { kind, folder, location: path.join(folder, kind === "mlflow-folder" ? "mlruns" : "mlflow.db") };
}

describe.each([
  ["mlflow-folder", "mlflow-files"],
  ["mlflow-database", "mlflow-database"],
] as const)("%s", (kind, name) => {
  test("every field of every run is as MLflow's own client gives it", async () => {
    const source = place(kind);
    const before = imprint(source.folder);
    const { store, run } = testImport(source);
    expect(outcomes(await run())).toEqual({ imported: 4 });
    const runs: ExpectedRun[] = expected(name);
    for (const one of runs) {
      const found = store.getRun(one.id)!;
      const { "mlflow.note.content": note = "", ...tags } = one.tags;
      expect(found).toMatchObject({
        ...{ name: one.name, experiment: one.experiment, status: STATUS[one.status], startTime: one.start, note },
        params: one.params,
        parent: one.tags["mlflow.parentRunId"] ?? null,
        script: one.tags["mlflow.source.name"] ?? null,
        command: one.tags["mlflow.source.name"] ? ["python", "make.py"] : [],
      });
      if (one.end !== null) expect(found.endTime).toBe(one.end);
      expect(found.tags).toMatchObject(tags);
      expect(found.tags["imported.id"]).toBe(one.id);
      expect(found.snapshot.code.head).toBe(one.tags["mlflow.source.git.commit"] ?? null);
      expect(Object.keys(found.metrics).sort()).toEqual(Object.keys(one.series).sort());
      for (const [key, points] of Object.entries(one.series)) {
        const text = points.map(([step, time, value]) => [step, time, NUMBERS[value] ?? String(value)] as const);
        expect(pointsOf(store, one.id, key)).toEqual([...text].sort((a, b) => a[0] - b[0]));
      }
    }
    const parent = store.getRun(runs.find((one) => one.name === "parent")!.id)!;
    const bytes = parent.artifacts.map(({ path: file, sha256 }) => [
      file,
      readFileSync(objectPath(store.folder, sha256)),
    ]);
    expect(bytes).toEqual([
      ["model.bin", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
      ["plots/a b.txt", Buffer.from("a plot\n")],
    ]);
    expect(parent.gaps).toEqual([]);
    expect(imprint(source.folder)).toBe(before);
  });

  test("what was imported is not imported again, and a dry run does nothing", async () => {
    const { store, run } = testImport(place(kind));
    expect(outcomes(await run({ dryRun: true }))).toEqual({ imported: 4 });
    expect(store.listRuns({}).total).toBe(0);
    await run();
    const { revision } = store.changesSince(0);
    expect(outcomes(await run({ dryRun: true }))).toEqual({ present: 4 });
    expect(outcomes(await run())).toEqual({ present: 4 });
    expect(store.changesSince(revision).runs).toEqual([]);
  });
});

test("a run of a folder that went on is brought up to date", async () => {
  const source = place("mlflow-folder");
  const { store, run } = testImport(source);
  await run();
  const { id } = (expected("mlflow-files") as ExpectedRun[]).find(({ name }) => name === "going on")!;
  expect(store.getRun(id)!.warnings).toHaveLength(1);
  const { runs } = await run();
  const folder = path.join(source.location, experimentOf(source.location, id), id);
  appendFileSync(path.join(folder, "metrics", "m"), "1700000002000 nan 5\n");
  const meta = path.join(folder, "meta.yaml");
  writeFileSync(
    meta,
    readFileSync(meta, "utf8")
      .replace(/status: 1/, "status: 3")
      .replace("end_time: null", "end_time: 1700000009000"),
  );
  expect(runs.every(({ outcome }) => outcome === "present")).toBe(true);
  expect(outcomes(await run())).toEqual({ present: 3, updated: 1 });
  expect(store.getRun(id)).toMatchObject({ status: "finished", endTime: 1_700_000_009_000, warnings: [] });
  expect(pointsOf(store, id, "m").map(([step, , value]) => [step, value])).toEqual([
    [0, "1"],
    [5, "NaN"],
  ]);
});

function experimentOf(location: string, id: string): string {
  const { experiment } = (expected("mlflow-files") as ExpectedRun[]).find((run) => run.id === id)!;
  const metas = ["250302354053661346", "777041279783412268"];
  return metas.find((name) =>
    readFileSync(path.join(location, name, "meta.yaml"), "utf8").includes(`name: ${experiment}`),
  )!;
}

test("a database that a training is writing to is read as it is, and its writer is not held up", async () => {
  const source = place("mlflow-database");
  const writer = new DatabaseSync(source.location);
  writer.exec("PRAGMA journal_mode = WAL");
  const { id } = (expected("mlflow-database") as ExpectedRun[]).find(({ name }) => name === "going on")!;
  writer.prepare("INSERT INTO metrics VALUES ('m', 7.5, 1700000003000, ?, 9, 0)").run(id);
  const { store, run } = testImport(source);
  expect(outcomes(await run())).toEqual({ imported: 4 });
  expect(pointsOf(store, id, "m").at(-1)).toEqual([9, 1_700_000_003_000, "7.5"]);
  writer.prepare("INSERT INTO metrics VALUES ('m', 0, 1700000004000, ?, 10, 1)").run(id);
  expect(outcomes(await run())).toEqual({ present: 3, updated: 1 });
  expect(pointsOf(store, id, "m").at(-1)).toEqual([10, 1_700_000_004_000, "NaN"]);
  writer.close();
});

test("a database that its program left half written is put right in a copy only", async () => {
  const source = place("mlflow-database");
  const writer = new DatabaseSync(source.location);
  writer.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE params SET value = 'kept in the log'");
  const log = readFileSync(`${source.location}-wal`);
  const main = readFileSync(source.location);
  writer.close();
  // As after a crash: the log is there, and nobody has the database open.
  writeFileSync(source.location, main);
  writeFileSync(`${source.location}-wal`, log);
  const before = imprint(source.folder);
  const { store, run } = testImport(source);
  await run();
  expect(Object.values(store.listRuns({ text: "broken" }).runs[0]!.params)).toEqual(["kept in the log"]);
  expect(imprint(source.folder)).toBe(before);
});

test("the models of a folder's run come with it, each under its name or its id", async () => {
  const source = place("mlflow-folder");
  const { id } = (expected("mlflow-files") as ExpectedRun[]).find(({ name }) => name === "child")!;
  const experiment = path.join(source.location, experimentOf(source.location, id));
  for (const model of ["m-1", "m-2"]) {
    makeFile(path.join(experiment, id, "outputs", model, "meta.yaml"), "source_type: RUN_OUTPUT\n");
    makeFile(path.join(experiment, "models", model, "meta.yaml"), `model_id: ${model}\nname: net\n`);
    makeFile(path.join(experiment, "models", model, "artifacts", "data", "weights.pkl"), model);
  }
  const { store, run } = testImport(source);
  await run();
  const paths = store.getRun(id)!.artifacts.map((file) => file.path);
  expect(paths).toEqual(["models/m-2/data/weights.pkl", "models/net/data/weights.pkl"]);
});

test("artifacts that a server has handed out are found beside its database", async () => {
  const source = place("mlflow-database");
  const { id } = (expected("mlflow-database") as ExpectedRun[]).find(({ name }) => name === "parent")!;
  const writer = new DatabaseSync(source.location);
  writer.prepare("UPDATE runs SET artifact_uri = ?").run(`mlflow-artifacts:/1/${id}/artifacts`);
  writer.close();
  const { store, run } = testImport(source);
  await run();
  expect(store.getRun(id)!.artifacts.map((file) => file.path)).toEqual(["model.bin", "plots/a b.txt"]);
});

test("what records say of places is followed within the source only", async () => {
  const source = place("mlflow-folder");
  const secret = path.join(path.dirname(source.folder), "secret.txt");
  writeFileSync(secret, "not yours");
  const { id } = (expected("mlflow-files") as ExpectedRun[]).find(({ name }) => name === "parent")!;
  const folder = path.join(source.location, experimentOf(source.location, id), id);
  symlinkSync(secret, path.join(folder, "artifacts", "link.txt"));
  symlinkSync("model.bin", path.join(folder, "artifacts", "same.bin"));
  const child = (expected("mlflow-files") as ExpectedRun[]).find(({ name }) => name === "child")!.id;
  const other = path.join(source.location, experimentOf(source.location, child), child);
  rmSync(path.join(other, "artifacts"), { recursive: true, force: true });
  const meta = path.join(other, "meta.yaml");
  writeFileSync(
    meta,
    readFileSync(meta, "utf8").replace(/artifact_uri: .*/, `artifact_uri: file://${path.dirname(secret)}`),
  );
  const { store, run } = testImport(source);
  await run();
  expect(store.getRun(id)!.artifacts.map((file) => file.path)).toEqual(["model.bin", "plots/a b.txt", "same.bin"]);
  expect(store.getRun(id)!.gaps).toMatchObject([{ kind: "missing", path: "link.txt" }]);
  expect(store.getRun(child)!.artifacts).toEqual([]);
  expect(store.getRun(child)!.gaps).toMatchObject([
    { kind: "missing", message: expect.stringContaining("--artifact-root") },
  ]);
});

test("secrets are masked, large artifacts stay where they are, damage is told", async () => {
  const source = place("mlflow-folder");
  const { id } = (expected("mlflow-files") as ExpectedRun[]).find(({ name }) => name === "parent")!;
  const folder = path.join(source.location, experimentOf(source.location, id), id);
  makeFile(path.join(folder, "params", "api_key"), "12345-abcde");
  appendFileSync(path.join(folder, "metrics", "loss"), "1700000000000 what 1\n");
  const { store, run } = testImport(source);
  await run({ keepUpTo: 100 });
  const found = store.getRun(id)!;
  expect(found.params.api_key).toBe("***");
  expect(found.gaps.map(({ kind, path: file }) => [kind, file])).toEqual([
    ["unreadable", undefined],
    ["hash-only", "model.bin"],
  ]);
  expect(found.artifacts.map((file) => [file.path, file.size])).toEqual([
    ["model.bin", 256],
    ["plots/a b.txt", 7],
  ]);
});
