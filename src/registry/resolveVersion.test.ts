import { beforeEach, expect, test } from "vitest";
import type { Store } from "../store/contract";
import { tempStore } from "../store/testStore";
import { parseModelReference, resolveVersion } from "./resolveVersion";

let store: Store;

beforeEach(() => {
  store = tempStore();
  const { registry } = store;
  registry.createModel({ name: "wine", description: "", tags: {} });
  for (let i = 0; i < 4; i++) {
    const rest = { description: "", source: "s3://x", location: "s3://x", run: null, runLink: "", tags: {} };
    registry.createVersion({ model: "wine", loggedModel: null, ...rest });
  }
  registry.setStage("wine", 4, "Archived", false);
});

test("a version is found by number, alias, or as the one in use", () => {
  const found = (text: string) => resolveVersion(store, text).version;
  expect([found("wine/2"), found("models:/wine/2"), found("wine/v1"), found(" wine/4 ")]).toEqual([2, 2, 1, 4]);
  expect([found("wine"), found("wine/latest"), found("wine@latest")]).toEqual([3, 3, 3]);
  store.registry.setAlias("wine", "champion", 1);
  store.registry.setAlias("wine", "\u00e9lu", 2);
  expect([found("wine"), found("models:/wine@champion"), found("wine@\u00e9lu")]).toEqual([1, 1, 2]);
});

test("what is not there is said, with what is", () => {
  store.registry.setAlias("wine", "challenger", 2);
  store.registry.createModel({ name: "beer", description: "", tags: {} });
  for (const [text, message] of [
    ["vine", 'There is no model "vine". There are: beer, wine.'],
    ["wine/9", "wine has no version 9. Its newest is 4."],
    ["beer/1", "beer has no version 1. It has none."],
    ["beer", "It has no version yet."],
    ["wine@champion", 'No version of wine has the alias "champion". There are: challenger (version 2).'],
    ["beer@champion", "None has any."],
  ]) {
    expect(() => resolveVersion(store, text!)).toThrow(message);
  }
  for (const text of ["", "a@b@c", "a/b/c", "models:/", "wine/three", "a:b"]) {
    expect(() => parseModelReference(text)).toThrow(/Write/);
  }
});
