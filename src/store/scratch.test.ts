import { expect, test } from "vitest";
import { SCRATCH_MS } from "../domain/scratch";
import type { NewRun, RunEnd } from "./contract";
import { newRun, tempStore } from "./testStore";

test("scratch runs are those that came to nothing soon, and repeats", () => {
  const store = tempStore();
  const run = (name: string, status: RunEnd["status"] | "running", ms: number, part: Partial<NewRun> = {}) => {
    const id = store.createRun(newRun({ name, startTime: 1_000, ...part }));
    if (status !== "running") store.endRun(id, { status, exitCode: 1, signal: null, endTime: 1_000 + ms });
    return id;
  };
  run("failed soon", "failed", 5);
  run("killed soon", "killed", SCRATCH_MS - 1);
  run("lost soon", "lost", 5);
  run("finished soon", "finished", 5);
  run("failed late", "failed", SCRATCH_MS);
  run("running", "running", 0);
  run("tagged", "failed", 5, { tags: { a: "1" } });
  run("described by a client", "failed", 5, { tags: { "mlflow.user": "ada" } });
  run("noted", "failed", 5, { note: "why" });
  store.setPinned([run("pinned", "failed", 5)], true);
  run("child", "failed", 5, { parent: run("parent", "failed", 5) });
  const original = run("original", "finished", 5);
  const repeat = run("repeat", "finished", 5, { startTime: 2_000 });
  for (const id of [original, repeat]) store.setInputs(id, "ab".repeat(32));

  const names = (scratch: boolean) =>
    store.listRuns({ scratch, sort: { key: "name", descending: false } }).runs.map((one) => one.name);
  expect(names(true)).toEqual(["child", "described by a client", "failed soon", "killed soon", "lost soon", "repeat"]);
  expect(names(false)).toEqual([
    "failed late",
    "finished soon",
    "noted",
    "original",
    "parent",
    "pinned",
    "running",
    "tagged",
  ]);
});
