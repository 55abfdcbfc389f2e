import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { planMerge } from "./merge";
import { newRun, points, tempStore } from "./testStore";

test.each([
  { what: "too few small ones", counts: Array(15).fill(1), take: 0 },
  { what: "sixteen small ones", counts: Array(16).fill(1), take: 16 },
  { what: "small ones behind a bigger one", counts: [300, ...Array(16).fill(2)], take: 16 },
  {
    what: "a small one that makes the sixteenth of the next size",
    counts: [...Array(15).fill(16), ...Array(16).fill(1)],
    take: 31,
  },
  { what: "full ones are left alone", counts: Array(40).fill(5_000), take: 0 },
  { what: "batches of middling size", counts: [8_192, ...Array(16).fill(1_000)], take: 16 },
  { what: "nothing", counts: [], take: 0 },
])("$what: merges $take", ({ counts, take }) => {
  expect(planMerge(counts)).toBe(take);
});

test("a series that grows point by point lies in few chunks, each point written a few times", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  const db = new DatabaseSync(join(store.folder, "db.sqlite"), { readOnly: true });
  const sizes = () =>
    db
      .prepare("SELECT count FROM chunks ORDER BY id")
      .all()
      .map((row) => Number(row.count));
  let most = 0;
  for (let step = 0; step < 10_000; step++) {
    store.ingest(id, { points: [{ source: "api", points: points([step, step]) }] });
    if (step % 97 === 0) most = Math.max(most, sizes().length);
  }
  // At most 31 of the first size wait for a merge, and 16 of each of the next two, before the big ones.
  expect(most).toBeLessThan(31 + 16 + 16 + 3);
  const final = sizes();
  expect(final.reduce((sum, size) => sum + size, 0)).toBe(10_000);
  // Bigger ones first: what has been merged is not merged again with every batch.
  expect(final[0]).toBeGreaterThanOrEqual(4_096);
  db.close();
});
