import { expect, test } from "vitest";
import { newRun, tempStore } from "./testStore";

test("what runs have written is listed once, whoever wrote it, and nothing else", () => {
  const store = tempStore();
  expect(store.writtenPaths()).toEqual([]);
  for (let at = 0; at < 3; at++) {
    const id = store.createRun(newRun({ startTime: at }));
    store.ingest(id, {
      data: [
        { path: "data.csv", sha256: "aa".repeat(32), size: 1, role: "read" },
        { path: "outputs/metrics.json", sha256: "bb".repeat(32), size: 1, role: "write" },
        { path: `outputs/${at}.bin`, sha256: null, size: 1, role: "write" },
      ],
      config: [{ path: "c.yaml", sha256: "cc".repeat(32) }],
    });
    store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: at });
    if (at === 1) store.deleteRuns([id]);
  }
  const expected = ["outputs/0.bin", "outputs/1.bin", "outputs/2.bin", "outputs/metrics.json"];
  expect(store.writtenPaths().sort()).toEqual(expected);
});
