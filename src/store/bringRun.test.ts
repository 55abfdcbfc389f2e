import { expect, test } from "vitest";
import type { Run } from "../domain/run";
import type { ImportedRun } from "./contract";
import { newRun, tempStore } from "./testStore";

const ID = "ab".repeat(16);

function foreign(part: Partial<Run> = {}, values: number[] = [1, Number.NaN]): ImportedRun {
  const code = { commit: null, tree: null, head: null, branch: null, dirty: null, gitDir: null, root: null };
  const run: Run = {
    ...{ id: ID, name: "theirs", experiment: "wine", status: "lost", exitCode: null, signal: null, startTime: 1_000 },
    ...{ endTime: 2_000, command: [], cwd: "/there", script: null, params: { lr: "1" }, metrics: {}, note: "" },
    ...{ tags: { "imported.from": "x", stage: "dev" }, parent: null, pinned: false, inputs: null, repeatOf: null },
    ...{ repeats: 1, gaps: [], warnings: ["It was going on."], logSize: 0, revision: 0, artifacts: [] },
    snapshot: { code, data: [], config: [], environment: null, datasets: [] },
    ...part,
  };
  const steps = Float64Array.from(values, (_, index) => index);
  return { run, series: [{ key: "loss", sources: ["x"], steps, times: steps, values: Float64Array.from(values) }] };
}

test("a run that is brought twice is here once, and nothing changes", () => {
  const store = tempStore();
  expect(store.bringRun(foreign(), "1")).toBe("imported");
  const run = store.getRun(ID);
  expect(store.broughtState(ID)).toBe("1");
  expect(store.bringRun(foreign({ note: "not looked at" }), "1")).toBe("present");
  expect(store.getRun(ID)).toEqual(run);
});

test("a run that went on is brought up to date, and what was changed here stays", () => {
  const store = tempStore();
  store.bringRun(foreign(), "1");
  store.renameRun(ID, "mine");
  store.setTag(ID, "stage", "prod");
  store.setTag(ID, "own", "1");
  const later = { status: "finished", exitCode: 0, endTime: 9_000, note: "theirs", warnings: [] } as const;
  const tags = { "imported.from": "x", stage: "dev", new: "2" };
  const now = foreign({ ...later, params: { depth: "3" }, tags, name: "theirs, later", warnings: [] }, [1, 2, 3]);
  expect(store.bringRun(now, "2")).toBe("updated");
  expect(store.getRun(ID)).toMatchObject({ ...later, name: "mine", params: { depth: "3" } });
  expect(store.getRun(ID)!.params).toEqual({ depth: "3" });
  expect(store.getRun(ID)!.tags).toEqual({ "imported.from": "x", stage: "prod", own: "1", new: "2" });
  expect(store.metricHistory(ID, "loss", 0, 10).points.map(({ value }) => value)).toEqual([1, 2, 3]);
  expect(store.bringRun(now, "2")).toBe("present");
});

test("a run that was recorded or deleted here stays so", () => {
  const store = tempStore();
  const own = store.createRun(newRun());
  store.endRun(own, { status: "failed", exitCode: 1, signal: null, endTime: 2_000 }, { params: { lr: "7" } });
  expect(store.bringRun(foreign({ id: own }), "1")).toBe("recorded");
  expect(store.getRun(own)!.params).toEqual({ lr: "7" });
  store.bringRun(foreign(), "1");
  store.deleteRuns([ID]);
  expect(store.bringRun(foreign(), "2")).toBe("deleted");
  expect(store.listRuns({}).runs.map(({ id }) => id)).toEqual([own]);
});
