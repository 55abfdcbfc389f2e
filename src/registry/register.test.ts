import { rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Store } from "../store/contract";
import { hasObject, objectPath } from "../store/objects";
import { newRun, tempStore } from "../store/testStore";
import { modelsOfRun } from "./candidates";
import { registerModel } from "./register";
import { mlmodel, runWithFiles } from "./testRegistry";

let store: Store;

beforeEach(() => {
  store = tempStore();
});

const LIGHTGBM = "tree\nversion=v4\n";
const XGBOOST = '{"learner": {"attributes": {}}}';

function loggedModel(name: string, run: string): string {
  return store.loggedModels.create({ experiment: 0, name, run, type: "", params: {}, tags: {} }).id;
}

test("what can be registered is found by what is in the files, the best first", async () => {
  const id = await runWithFiles(store, {
    "out/checkpoint.joblib": "a",
    "out/best.joblib": "b",
    "out/model.pkl": "plain",
    "out/notes.txt": "tree and version",
    "out/booster.txt": LIGHTGBM,
    "out/metrics.json": "{}",
    "out/trees.json": XGBOOST,
    "logged/MLmodel": mlmodel("m-0"),
    "logged/model.pkl": "c",
  });
  const found = await modelsOfRun(store, store.getRun(id)!);
  expect(found.map(({ path, modelFormat, flavour }) => `${path} ${modelFormat} ${flavour}`)).toEqual([
    "logged mlflow sklearn",
    "out/best.joblib joblib sklearn",
    "out/model.pkl pickle sklearn",
    "out/booster.txt lightgbm lightgbm",
    "out/checkpoint.joblib joblib sklearn",
    "out/trees.json xgboost xgboost",
  ]);
});

test("a version has the run, a source that leads there, and files that outlive both", async () => {
  const run = await runWithFiles(store, { "out/model.joblib": "the model" });
  const { version, path, isNew } = await registerModel(store, { run, tags: { team: "red" }, aliases: ["candidate"] });
  expect([path, isNew]).toEqual(["out/model.joblib", true]);
  expect(version).toMatchObject({
    model: "wine",
    version: 1,
    run,
    source: `runs:/${run}/out/model.joblib`,
    tags: { team: "red" },
    aliases: ["candidate"],
  });
  const [file] = store.registry.files("wine", 1);
  store.deleteRuns([run]);
  store.freeRuns([run]);
  rmSync(join(store.root, "out"), { recursive: true });
  const freeing = store.startFreeing();
  freeing.throwAway([file!.sha256]);
  freeing.finish();
  expect(await readFile(objectPath(store.folder, file!.sha256), "utf8")).toBe("the model");
  store.registry.deleteVersion("wine", 1);
  const later = store.startFreeing();
  expect(later.throwAway([file!.sha256])).toEqual([file!.sha256]);
  later.finish();
  expect(hasObject(store.folder, file!.sha256)).toBe(false);
});

test("the same model of a run is registered once, unless it was archived or is to have another name", async () => {
  const run = await runWithFiles(store, { "model.joblib": "a", "other.joblib": "b" });
  const register = async (more = {}) => {
    const { version, isNew } = await registerModel(store, { run, ...more });
    return `${version.model}/${version.version} ${isNew}`;
  };
  expect([await register(), await register(), await register({ artifact: "other.joblib" })]).toEqual([
    "wine/1 true",
    "wine/1 false",
    "wine/2 true",
  ]);
  expect(await register({ name: "red wine" })).toBe("red wine/1 true");
  store.registry.setStage("wine", 1, "Archived", false);
  expect(await register()).toBe("wine/3 true");
});

test("what is asked for beside the files is given to a version that is there, too, and is told", async () => {
  const run = await runWithFiles(store, { "model.joblib": "a" });
  await registerModel(store, { run, description: "first", tags: { team: "red" } });
  const past = { reason: "a drill", gates: [{ gate: "accurate", kind: "metric" as const }] };
  const again = { run, description: "second", tags: { site: "north" }, aliases: ["champion"], past };
  const { version, isNew } = await registerModel(store, again);
  expect(isNew).toBe(false);
  expect(version).toMatchObject({
    ...{ version: 1, description: "second", aliases: ["champion"] },
    tags: { team: "red", site: "north" },
  });
  const [set, override] = store.audit.list({ limit: 2 });
  expect(set).toMatchObject({ action: "alias.set", subject: "models/wine/1" });
  expect(override).toMatchObject({
    action: "gate.override",
    subject: "models/wine/1",
    reason: "a drill",
    evidence: { step: "promote", gates: [{ gate: "accurate", kind: "metric", verdict: "not asked" }] },
  });
  const head = store.audit.head();
  expect((await registerModel(store, { run })).version).toEqual(version);
  expect(store.audit.head()).toEqual(head);
});

test("a model that was logged with MLflow is the version's own, as its clients register it", async () => {
  const run = store.createRun(newRun());
  const id = loggedModel("tree", run);
  const files = { "tree/MLmodel": mlmodel(id), "tree/model.pkl": "p" };
  const other = await runWithFiles(store, files);
  const { version, path } = await registerModel(store, { run: other, artifact: id });
  expect([path, version.source, version.loggedModel]).toEqual(["tree", `models:/${id}`, id]);
  expect(version.location).toMatch(new RegExp(`^file:///.*/models/${id}/artifacts$`));
  expect(store.registry.files("wine", 1).map((file) => file.path)).toEqual(["MLmodel", "model.pkl"]);
});

test("a version that a client of MLflow's made gets its files kept in place of a second one", async () => {
  const run = store.createRun(newRun());
  const id = loggedModel("tree", run);
  const ended = await runWithFiles(store, { "tree/MLmodel": mlmodel(id) });
  store.registry.createModel({ name: "wine", description: "", tags: {} });
  const source = `models:/${id}`;
  const asked = { model: "wine", description: "", source, location: source, runLink: "", tags: {} };
  store.registry.createVersion({ ...asked, run: ended, loggedModel: id });
  const { version, isNew } = await registerModel(store, { run: ended });
  expect([version.version, isNew]).toEqual([1, false]);
  expect(store.registry.files("wine", 1)).toHaveLength(1);
});

test("bytes that were not kept are taken from the project while they are the same", async () => {
  const run = await runWithFiles(store, { "model.joblib": "a" }, { kept: false });
  const { artifacts, snapshot } = store.getRun(run)!;
  expect(artifacts).toEqual([]);
  const sha256 = snapshot.data[0]!.sha256!;
  rmSync(objectPath(store.folder, sha256), { force: true });
  writeFileSync(join(store.root, "model.joblib"), "changed");
  await expect(registerModel(store, { run })).rejects.toThrow(/model\.joblib is not what the run .* wrote any more/);
  writeFileSync(join(store.root, "model.joblib"), "a");
  expect((await registerModel(store, { run })).version.version).toBe(1);
  expect(hasObject(store.folder, sha256)).toBe(true);
});

test("what cannot be registered is said, with what can", async () => {
  const empty = await runWithFiles(store, { "a.csv": "1" });
  const some = await runWithFiles(store, { "out/a.joblib": "1", "b.joblib": "2" });
  const running = store.createRun(newRun());
  await expect(registerModel(store, { run: empty })).rejects.toThrow(/no model that can be served/);
  await expect(registerModel(store, { run: some, artifact: "c.joblib" })).rejects.toThrow(
    /It has: b\.joblib, out\/a\.joblib\./,
  );
  await expect(registerModel(store, { run: running })).rejects.toThrow(/is running/);
  await expect(registerModel(store, { run: some, name: "a/b" })).rejects.toThrow(/cannot be a model's name/);
  await expect(registerModel(store, { run: some, aliases: ["latest"] })).rejects.toThrow(/alias "latest" cannot/);
  expect(store.registry.model("wine")).toBeNull();
  expect((await registerModel(store, { run: some, artifact: "./a.joblib" })).path).toBe("out/a.joblib");
});

test("a run without a model says which of the runs above and below it has one", async () => {
  const script = await runWithFiles(store, { "model.joblib": "a" }, { part: { name: "the-script" } });
  const training = await runWithFiles(store, {}, { part: { name: "the-training", parent: script } });
  await expect(registerModel(store, { run: training })).rejects.toThrow(
    `The run the-training has no model that can be served. The run the-script, which it belongs to, has one: modeltrail models register ${script}`,
  );
  const sweep = await runWithFiles(store, {}, { part: { name: "the-sweep" } });
  const best = await runWithFiles(store, { "model.joblib": "b" }, { part: { name: "the-best", parent: sweep } });
  await runWithFiles(store, {}, { part: { name: "the-worst", parent: sweep } });
  await expect(registerModel(store, { run: sweep })).rejects.toThrow(
    `The run the-best, which belongs to it, has one: modeltrail models register ${best}`,
  );
});
