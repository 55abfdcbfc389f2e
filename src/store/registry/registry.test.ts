import { beforeEach, expect, test } from "vitest";
import type { ProcessIdentity, Store } from "../contract";
import { hasObject, putBytes } from "../objects";
import { processIdentity } from "../process";
import { tempStore } from "../testStore";

let store: Store;

beforeEach(() => {
  store = tempStore();
});

function createVersion(): number {
  const rest = { description: "", location: "s3://b/x", run: null, runLink: "", loggedModel: null, tags: {} };
  return store.registry.createVersion({ model: "wine", source: "s3://me:pw@b/x", ...rest }).version;
}

const told = () =>
  store.audit
    .list({})
    .reverse()
    .map(({ action, subject, evidence }) => `${action} ${subject} ${JSON.stringify(evidence)}`);

test("every change is told in the audit log, with what was before", async () => {
  const { registry } = store;
  registry.createModel({ name: "vine", description: "d", tags: { a: "1" } });
  registry.renameModel("vine", "wine");
  registry.describeModel("wine", "e");
  registry.setModelTag("wine", "a", "2");
  registry.setModelTag("wine", "a", null);
  createVersion();
  createVersion();
  registry.describeVersion("wine", 1, "first");
  registry.setStage("wine", 1, "Production", false);
  registry.setStage("wine", 2, "Production", true);
  registry.setVersionTag("wine", 1, "api_key", "s3cr3t");
  registry.setAlias("wine", "champion", 1);
  registry.setAlias("wine", "champion", 2);
  registry.deleteAlias("wine", "champion");
  registry.deleteAlias("wine", "champion");
  registry.deleteVersion("wine", 1);
  registry.deleteModel("wine");
  await expect(`${told().join("\n")}\n`).toMatchFileSnapshot("registry.golden.txt");
  expect(store.audit.verify()).toMatchObject({ intact: true });
});

test("what was refused is not told", () => {
  const { registry } = store;
  registry.createModel({ name: "wine", description: "", tags: {} });
  const before = store.audit.head();
  expect(() => registry.createModel({ name: "wine", description: "", tags: {} })).toThrow(/already exists/);
  expect(() => registry.setAlias("wine", "champion", 1)).toThrow(/not found/);
  expect(() => registry.deleteModel("beer")).toThrow(/not found/);
  expect(store.audit.head()).toEqual(before);
});

test("an alias is given back to the version that had it before, of those that can have it", () => {
  const { registry } = store;
  registry.createModel({ name: "wine", description: "", tags: {} });
  for (let i = 0; i < 4; i++) createVersion();
  for (const version of [1, 2, 3, 4, 4]) registry.setAlias("wine", "champion", version);
  registry.deleteVersion("wine", 3);
  registry.setStage("wine", 2, "Archived", false);
  expect(registry.restoreAlias("wine", "champion")?.version).toBe(1);
  expect(registry.restoreAlias("wine", "champion")).toBeNull();
  expect(registry.model("wine")!.aliases).toEqual({});
  registry.setAlias("wine", "champion", 4);
  expect(registry.restoreAlias("wine", "champion")).toBeNull();
});

test("what is served, or about to be, is neither renamed nor deleted; what was served goes by the new name", () => {
  const { registry, deployments } = store;
  registry.createModel({ name: "wine", description: "", tags: {} });
  for (let i = 0; i < 3; i++) createVersion();
  deployments.ensure({ name: "tasting", model: "wine", target: "local" });
  const begin = (version: number | null, by: ProcessIdentity) => {
    const route = { model: "wine", version: version!, bundle: "b", role: "champion" as const, percent: 100 };
    const kind = version === null ? ("undeploy" as const) : ("deploy" as const);
    const routes = version === null ? [] : [route];
    return deployments.begin({ deployment: "tasting", kind, routes, actor: "me" }, by).id;
  };
  const live = begin(1, processIdentity());
  deployments.end(live, "live", null);
  const going = begin(2, processIdentity());
  expect(registry.servedBy("wine", 2)).toEqual(["tasting"]);
  for (const version of [1, 2]) {
    expect(() => registry.deleteVersion("wine", version)).toThrow(
      /is served by the deployment "tasting": deploy another/,
    );
  }
  expect(() => registry.deleteModel("wine")).toThrow(/name=wine\) is served by the deployment "tasting"/);
  expect(() => registry.renameModel("wine", "red")).toThrow(/what serves it goes by this name/);
  expect(registry.renameModel("wine", "wine").name).toBe("wine");
  expect([registry.model("wine")?.name, registry.version("wine", 1)?.version]).toEqual(["wine", 1]);
  expect(store.audit.list({ actions: ["version.delete", "model.delete"] })).toEqual([]);
  deployments.end(going, "reverted", "no");
  // One whose process is gone holds nothing.
  begin(3, { ...processIdentity(), pid: 2 ** 22 + 1 });
  registry.deleteVersion("wine", 3);
  deployments.end(begin(null, processIdentity()), "stopped", null);
  registry.renameModel("wine", "red");
  expect(deployments.get("tasting")).toMatchObject({ model: "red", routes: [] });
  expect(deployments.rollout(live)!.routes).toMatchObject([{ model: "red", version: 1 }]);
  registry.deleteModel("red");
});

test("files that a version keeps stay while it is there, also when they were on their way out", async () => {
  const { registry, folder } = store;
  registry.createModel({ name: "wine", description: "", tags: {} });
  createVersion();
  const [model, other] = [await putBytes(folder, Buffer.from("model")), await putBytes(folder, Buffer.from("other"))];
  const freeing = store.startFreeing();
  freeing.throwAway([model.sha256]);
  expect(hasObject(folder, model.sha256)).toBe(false);
  const files = [{ path: "model.pkl", ...model }];
  registry.keepFiles("wine", 1, files);
  expect(freeing.throwAway([model.sha256, other.sha256])).toEqual([other.sha256]);
  freeing.finish();
  expect(hasObject(folder, model.sha256)).toBe(true);
  expect(registry.files("wine", 1)).toEqual(files);
  expect([...store.referencedObjects()]).toEqual([model.sha256]);
  expect(registry.versionsLike({ loggedModels: [], files: [model.sha256] })).toMatchObject([{ version: 1 }]);
});
