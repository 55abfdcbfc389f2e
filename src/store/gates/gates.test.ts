import { expect, test } from "vitest";
import type { GateResult } from "../../domain/gate";
import { tempStore } from "../testStore";

const result = (part: Partial<GateResult>): Omit<GateResult, "id"> => ({
  model: "wine",
  version: 1,
  step: "deploy",
  gate: "accurate",
  kind: "metric",
  verdict: "passed",
  summary: "accuracy is 0.97",
  detail: { value: 0.97 },
  time: 1,
  duration: 2,
  ...part,
});

function storeWithVersion() {
  const store = tempStore();
  store.registry.createModel({ name: "wine", description: "", tags: {} });
  const version = { model: "wine", description: "", source: "s", location: "s", run: null, runLink: "" };
  store.registry.createVersion({ ...version, loggedModel: null, tags: {} });
  return store;
}

test("results are found by version, the newest first, or the newest of each gate", () => {
  const { gates } = storeWithVersion();
  const first = gates.add(result({ verdict: "failed", step: null }));
  const other = gates.add(result({ gate: "small", kind: "size" }));
  const second = gates.add(result({ detail: { value: 0.98, names: ["a"] } }));
  expect(gates.ofVersion("wine", 1)).toEqual([second, other, first]);
  expect(gates.ofVersion("wine", 1, { latest: true })).toEqual([second, other]);
  expect(gates.ofVersion("wine", 2)).toEqual([]);
  expect(() => gates.add(result({ version: 2 }))).toThrow(/version 2|not found/i);
});

test("they go along when the model is renamed, and go when the version is deleted", () => {
  const { gates, registry } = storeWithVersion();
  gates.add(result({}));
  registry.renameModel("wine", "red");
  expect(gates.ofVersion("red", 1)).toMatchObject([{ model: "red", gate: "accurate" }]);
  expect(gates.ofVersion("wine", 1)).toEqual([]);
  registry.deleteVersion("red", 1);
  expect(gates.ofVersion("red", 1)).toEqual([]);
});

test("of a version the newest thousand are kept", () => {
  const { gates } = storeWithVersion();
  for (let time = 0; time < 1_005; time++) gates.add(result({ time }));
  const kept = gates.ofVersion("wine", 1);
  expect([kept.length, kept[0]!.time, kept.at(-1)!.time]).toEqual([1_000, 1_004, 5]);
});

test("what tests, programs and models repeat of a login is not kept", () => {
  const { gates } = storeWithVersion();
  const said = "cannot reach postgres://ann:sesame@db/wine";
  const detail = { failures: [{ name: "test_db", message: said }], output: said, exitCode: 1, ratio: 0.5, none: null };
  const kept = gates.add(result({ kind: "pytest", summary: said, detail }));
  const masked = "cannot reach postgres://***@db/wine";
  expect(kept).toMatchObject({
    summary: masked,
    detail: { ...detail, failures: [{ name: "test_db", message: masked }], output: masked },
  });
  expect(gates.ofVersion("wine", 1)).toEqual([kept]);
});
