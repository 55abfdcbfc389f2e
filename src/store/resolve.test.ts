import { expect, test } from "vitest";
import { UserError } from "../domain/errors";
import { newRun, tempStore } from "./testStore";

const END = { status: "finished", exitCode: 0, signal: null, endTime: 2 } as const;

test("latest is the newest start, not the newest row", () => {
  const store = tempStore();
  expect(() => store.resolveRun("latest")).toThrow(/No runs have been recorded/);
  const newest = store.createRun(newRun({ startTime: 3_000 }));
  store.createRun(newRun({ startTime: 2_000 }));
  expect(store.resolveRun("latest")).toBe(newest);
});

test("id, prefix and name; an exact name wins over a prefix", () => {
  const store = tempStore();
  const id = store.createRun(newRun({ name: "calm-otter-42" }));
  const sly = store.createRun(newRun({ name: id.slice(0, 6) }));
  expect(store.resolveRun(id)).toBe(id);
  expect(store.resolveRun(id.slice(0, 8).toUpperCase())).toBe(id);
  expect(store.resolveRun(" calm-otter-42 ")).toBe(id);
  expect(store.resolveRun(id.slice(0, 6))).toBe(sly);
});

test("what fits nothing says where to look; three digits are too few for a prefix", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  for (const wrong of ["nothing", "", id.slice(0, 3), `${id}0`, "%", "_".repeat(32)]) {
    expect(() => store.resolveRun(wrong)).toThrow(/modeltrail ls/);
  }
});

test("what fits several names up to five, newest first", () => {
  const store = tempStore();
  const ids = Array.from({ length: 7 }, (_, i) =>
    store.createRun(newRun({ name: "same", startTime: Date.UTC(2026, 0, i + 1) })),
  );
  let message = "";
  try {
    store.resolveRun("same");
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    message = (error as Error).message;
  }
  expect(message.match(/[0-9a-f]{32}/g)).toEqual(ids.slice(2).reverse());
  expect(message).toContain("2026-01-07 00:00:00");
  expect(message).toContain("and 2 more");
});

test("deleted runs are found only on demand, with a hint otherwise", () => {
  const store = tempStore();
  const id = store.createRun(newRun({ name: "gone" }));
  store.endRun(id, END);
  store.deleteRuns([id]);
  expect(() => store.resolveRun("gone")).toThrow(`modeltrail restore-run ${id}`);
  expect(store.resolveRun("gone", { deleted: true })).toBe(id);
  expect(() => store.resolveRun("other", { deleted: true })).toThrow(UserError);
});
