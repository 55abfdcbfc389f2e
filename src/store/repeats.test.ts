import { expect, test } from "vitest";
import type { Store } from "./contract";
import { newRun, tempStore } from "./testStore";

const INPUTS = "ab".repeat(32);

/** An ended run with these inputs. */
function ended(store: Store, startTime: number, inputs: string | null = INPUTS): string {
  const id = store.createRun(newRun({ startTime }));
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: startTime + 1 });
  store.setInputs(id, inputs);
  return id;
}

const repeat = (store: Store, id: string) => {
  const { inputs, repeatOf, repeats } = store.getRun(id)!;
  return { inputs, repeatOf, repeats };
};

test("runs with equal inputs are repeats of the earliest", () => {
  const store = tempStore();
  const late = ended(store, 30);
  const first = ended(store, 10);
  const second = ended(store, 20);
  const other = ended(store, 5, "cd".repeat(32));
  const unknown = ended(store, 1, null);
  expect(repeat(store, first)).toEqual({ inputs: INPUTS, repeatOf: null, repeats: 3 });
  expect(repeat(store, second)).toEqual({ inputs: INPUTS, repeatOf: first, repeats: 3 });
  expect(repeat(store, late)).toEqual({ inputs: INPUTS, repeatOf: first, repeats: 3 });
  expect(repeat(store, other)).toMatchObject({ repeatOf: null, repeats: 1 });
  expect(repeat(store, unknown)).toEqual({ inputs: null, repeatOf: null, repeats: 1 });
  expect(store.listRepeats(INPUTS)).toEqual([first, second, late]);
  expect(store.listRuns({ inputs: INPUTS }).runs.map((run) => run.id)).toEqual([late, second, first]);
});

test("deleted runs do not count, and the others are told", () => {
  const store = tempStore();
  const [first, second, third] = [ended(store, 10), ended(store, 20), ended(store, 30)] as const;
  const { revision } = store.changesSince(0);
  store.deleteRuns([first]);
  expect(store.changesSince(revision)).toMatchObject({ removed: [first], all: false });
  expect(new Set(store.changesSince(revision).runs)).toEqual(new Set([second, third]));
  expect(repeat(store, second)).toMatchObject({ repeatOf: null, repeats: 2 });
  expect(repeat(store, third)).toMatchObject({ repeatOf: second, repeats: 2 });
  expect(repeat(store, first)).toMatchObject({ repeatOf: second, repeats: 3 });
  expect(store.listRepeats(INPUTS)).toEqual([second, third]);
  store.restoreRuns([first]);
  expect(repeat(store, third)).toMatchObject({ repeatOf: first, repeats: 3 });
});

test("other inputs change what both groups show", () => {
  const store = tempStore();
  const [first, second] = [ended(store, 10), ended(store, 20)] as const;
  store.setInputs(second, null);
  expect(repeat(store, first)).toMatchObject({ repeatOf: null, repeats: 1 });
  expect(repeat(store, second)).toEqual({ inputs: null, repeatOf: null, repeats: 1 });
});
