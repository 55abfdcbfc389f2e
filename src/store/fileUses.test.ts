import { expect, test } from "vitest";
import type { FileUse } from "./contract";
import { newRun, tempStore } from "./testStore";

const [A, B] = ["aa".repeat(32), "bb".repeat(32)] as const;

test("uses of a file are found by path and by content, newest first, page by page", () => {
  const store = tempStore();
  const writer = store.createRun(newRun({ startTime: 10 }));
  store.ingest(writer, {
    data: [{ path: "out.csv", sha256: A, size: 3, role: "write" }],
    artifacts: [{ path: "out.csv", sha256: A, size: 3 }],
  });
  const reader = store.createRun(newRun({ startTime: 20 }));
  store.ingest(reader, {
    data: [
      { path: "out.csv", sha256: B, size: 4, role: "read" },
      { path: "copy.csv", sha256: A, size: 3, role: "read" },
    ],
    config: [{ path: "c.yaml", sha256: A }],
  });
  const uses = (file: Parameters<typeof store.fileUses>[0], role?: FileUse["role"]) =>
    store.fileUses(file, { role }).uses.map(({ run, role, path }) => [run, role, path]);
  expect(uses({ path: "out.csv" })).toEqual([
    [reader, "read", "out.csv"],
    [writer, "write", "out.csv"],
    [writer, "artifact", "out.csv"],
  ]);
  expect(uses({ sha256: A }, "write")).toEqual([[writer, "write", "out.csv"]]);
  expect(uses({ path: "never" })).toEqual([]);
  expect(store.fileUses({ path: "c.yaml" }).uses).toEqual([
    { run: reader, role: "config", path: "c.yaml", sha256: A, size: null, startTime: 20 },
  ]);

  const whole = store.fileUses({ sha256: A }).uses;
  expect(whole).toHaveLength(4);
  const paged: FileUse[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = store.fileUses({ sha256: A }, { limit: 1, cursor });
    paged.push(...page.uses);
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(paged).toEqual(whole);

  store.endRun(writer, { status: "finished", exitCode: 0, signal: null, endTime: 11 });
  store.deleteRuns([writer]);
  expect(uses({ path: "out.csv" })).toEqual([[reader, "read", "out.csv"]]);
});
