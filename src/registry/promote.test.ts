import { beforeEach, expect, test } from "vitest";
import type { GateResult } from "../domain/gate";
import type { Store } from "../store/contract";
import { processIdentity } from "../store/process";
import type { ModelVersion } from "../store/registry/contract";
import { tempStore } from "../store/testStore";
import { archive, demote, promote, remove, unarchive } from "./promote";
import { registerModel } from "./register";
import { runWithFiles } from "./testRegistry";

let store: Store;

beforeEach(async () => {
  store = tempStore();
  for (const text of ["a", "b", "c"]) {
    const run = await runWithFiles(store, { "model.joblib": text }, { batch: accuracy(0.9) });
    await registerModel(store, { run });
  }
});

const accuracy = (value: number) => ({
  points: [{ source: "output", points: [{ key: "accuracy", step: 0, time: 1, value }] }],
});

const version = (number: number): ModelVersion => store.registry.version("wine", number)!;
const champion = () => store.registry.model("wine")!.aliases.champion ?? null;
const last = () => store.audit.list({ limit: 1 })[0]!;

function result(gate: string, verdict: GateResult["verdict"]): GateResult {
  const summary = `${gate} was ${verdict}`;
  return store.gates.add({
    ...{ model: "wine", version: 2, step: "promote", gate, kind: "metric", verdict, summary },
    ...{ detail: {}, time: 1, duration: 1 },
  });
}

test("the champion is promoted on evidence, and the one before gets its place back, step by step", async () => {
  expect(await promote(store, { version: version(1) })).toMatchObject({ before: null, isNew: true });
  const gates = async () => [result("good", "passed"), result("none", "skipped")];
  const promoted = await promote(store, { version: version(2), reason: "better", gates });
  expect(promoted).toMatchObject({ alias: "champion", before: 1, version: { version: 2, aliases: ["champion"] } });
  expect(last()).toMatchObject({
    action: "version.promote",
    subject: "models/wine/2",
    reason: "better",
    evidence: {
      alias: "champion",
      before: 1,
      metrics: { accuracy: 0.9 },
      gates: [{ gate: "good", verdict: "passed" }, { gate: "none" }],
    },
  });
  await promote(store, { version: version(3) });
  expect(demote(store, "wine")).toMatchObject({ before: 3, now: { version: 2 } });
  expect(demote(store, "wine", "champion", "worse on Mondays")).toMatchObject({ before: 2, now: { version: 1 } });
  expect(last()).toMatchObject({ action: "version.demote", subject: "models/wine/2", reason: "worse on Mondays" });
  expect(demote(store, "wine")).toMatchObject({ before: 1, now: null });
  expect(champion()).toBeNull();
  expect(() => demote(store, "wine")).toThrow(/No version of wine is champion/);
  expect(store.audit.verify()).toMatchObject({ intact: true });
});

test("gates hold a version back, and only a reason overrides them", async () => {
  await promote(store, { version: version(1) });
  const gates = async () => [result("good", "passed"), result("bad", "failed"), result("broken", "error")];
  await expect(promote(store, { version: version(2), gates })).rejects.toThrow(
    /2 gates hold wine\/2 back from becoming champion:\n {2}bad: bad was failed\n {2}broken: broken was error/,
  );
  await expect(promote(store, { version: version(2), gates, override: " " })).rejects.toThrow(/--override REASON/);
  expect(champion()).toBe(1);
  await promote(store, { version: version(2), gates, override: "the sensor was broken" });
  expect(champion()).toBe(2);
  const [told] = store.audit.list({ actions: ["gate."] });
  expect(told).toMatchObject({
    action: "gate.override",
    subject: "models/wine/2",
    reason: "the sensor was broken",
    evidence: { step: "promote", gates: [{ gate: "bad" }, { gate: "broken" }] },
  });
});

test("who has the alias already is asked nothing, and changes nothing", async () => {
  await promote(store, { version: version(1), alias: "challenger" });
  const before = store.audit.head();
  const gates = () => Promise.reject(new Error("asked"));
  expect(await promote(store, { version: version(1), alias: "challenger", gates })).toMatchObject({ isNew: false });
  expect(store.audit.head()).toEqual(before);
});

test("what happened while gates ran is seen", async () => {
  const gates = async () => {
    archive(store, { model: "wine", version: 2 }, "no");
    return [];
  };
  await expect(promote(store, { version: version(2), gates })).rejects.toThrow(/wine\/2 is archived/);
  expect(champion()).toBeNull();
});

test("an archived version has lost its aliases, is promoted by nobody, and is passed over when a place is given back", async () => {
  for (const number of [1, 2, 3]) await promote(store, { version: version(number) });
  store.registry.setAlias("wine", "old", 2);
  const archived = archive(store, { model: "wine", version: 2 }, "biased");
  expect(archived).toMatchObject({ stage: "Archived", aliases: [], tags: { "modeltrail.archived": "biased" } });
  expect(last()).toMatchObject({ action: "version.archive", reason: "biased", evidence: { aliases: ["old"] } });
  await expect(promote(store, { version: archived })).rejects.toThrow(/models unarchive wine\/2/);
  expect(demote(store, "wine")).toMatchObject({ before: 3, now: { version: 1 } });
  expect(unarchive(store, archived)).toMatchObject({ stage: "None", tags: {} });
  expect(() => unarchive(store, archived)).toThrow(/is not archived/);
  expect(() => archive(store, archived, " ")).toThrow(/Say why/);
});

test("what is deleted is gone, and what it was stays in the audit log", async () => {
  remove(store, "wine", 2, "leaked");
  expect(store.registry.version("wine", 2)).toBeNull();
  expect(last()).toMatchObject({ action: "version.remove", subject: "models/wine/2", reason: "leaked" });
  expect(() => remove(store, "wine", 2)).toThrow(/no version 2 of wine/);
  remove(store, "wine", null);
  expect(store.registry.model("wine")).toBeNull();
  expect(last()).toMatchObject({ action: "model.delete", evidence: { versions: 2 } });
  expect(() => remove(store, "wine", null)).toThrow(/no model "wine"/);
});

test("what is served is not archived, unless it is asked for", async () => {
  store.deployments.ensure({ name: "tasting", model: "wine", target: "local" });
  const route = { model: "wine", version: 1, bundle: "b", role: "champion" as const, percent: 100 };
  const rollout = { deployment: "tasting", kind: "deploy" as const, routes: [route], actor: "me" };
  store.deployments.end(store.deployments.begin(rollout, processIdentity()).id, "live", null);
  expect(() => archive(store, { model: "wine", version: 1 }, "old")).toThrow(/wine\/1 is served by tasting/);
  for (const one of [1, null]) expect(() => remove(store, "wine", one)).toThrow(/is served by tasting/);
  archive(store, { model: "wine", version: 1 }, "old", { evenDeployed: true });
  expect(last()).toMatchObject({ evidence: { deployments: ["tasting"] } });
});
