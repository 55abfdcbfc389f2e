import { expect, test } from "vitest";
import { type ColumnCells, type ColumnKey, columnId, splitIds } from "../../domain/table/columns";
import type { Store } from "../contract";
import { newRun, tempStore } from "../testStore";

const step = (key: string, step: number, value: number) => ({ key, step, value, time: step });

/** Cells by run id, by column. */
function read(store: Store, columns: readonly ColumnCells[]): Record<string, Record<string, number | string>> {
  const { rows } = store.table.index({});
  const ids = new Map(splitIds(rows.ids).map((id, at) => [rows.runs[at]!, id]));
  const byColumn: Record<string, Record<string, number | string>> = {};
  for (const { column, runs, cells } of columns) {
    const values: Record<string, number | string> = {};
    for (const [at, run] of runs.entries()) {
      const id = ids.get(run);
      if (id) values[id] = cells.kind === "number" ? cells.values[at]! : cells.texts[cells.codes[at]!]!;
    }
    byColumn[columnId(column)] = values;
  }
  return byColumn;
}

function twoRuns(): { store: Store; first: string; second: string } {
  const store = tempStore();
  const first = store.createRun(newRun({ name: "first", tags: { seed: "1" }, startTime: 1 }));
  const second = store.createRun(newRun({ name: "second", experiment: "other", startTime: 2, note: "look" }));
  const points = [step("loss", 0, 4), step("loss", 10, 1), step("loss", 20, Number.NaN), step("odd", 0, 1e-300)];
  store.ingest(first, { params: { lr: "0.1", __proto__name: "x" }, points: [{ source: "api", points }] });
  store.ingest(second, { params: { lr: "0.2" }, points: [{ source: "api", points: [step("loss", 0, 7)] }] });
  return { store, first, second };
}

test("runs come newest first, with all that they have", () => {
  const { store, first, second } = twoRuns();
  const { rows, columns } = store.table.part({}, 10, [{ source: "metric", key: "loss", aspect: "min" }]);
  expect(splitIds(rows.ids)).toEqual([second, first]);
  const cells = read(store, columns);
  expect(cells["run:name"]).toEqual({ [first]: "first", [second]: "second" });
  expect(cells["run:experiment"]).toEqual({ [first]: "default", [second]: "other" });
  expect(cells["run:note"]).toEqual({ [second]: "look" });
  expect(cells["param:lr"]).toEqual({ [first]: "0.1", [second]: "0.2" });
  expect(cells["metric:loss"]).toEqual({ [first]: Number.NaN, [second]: 7 });
  expect(cells["metric:odd"]).toEqual({ [first]: 1e-300 });
  expect(cells["metric@min:loss"]).toEqual({ [first]: 1, [second]: 7 });
  expect(cells["tag:seed"]).toEqual({ [first]: "1" });
});

test("columns read alone have what the runs have", () => {
  const { store, first, second } = twoRuns();
  const whole = read(store, store.table.part({}, 10, []).columns);
  const keys = store.table.part({}, 10, []).columns.map(({ column }) => column);
  expect(read(store, store.table.columns({}, keys))).toEqual(whole);
  expect(read(store, store.table.columns({ experiment: "other" }, keys))["run:name"]).toEqual({ [second]: "second" });
  expect(read(store, store.table.columns({ ids: [first] }, keys))["run:name"]).toEqual({ [first]: "first" });
});

test("at a step stands the last value so far, of runs that came so far", () => {
  const { store, first, second } = twoRuns();
  const at = (aspect: number): ColumnKey => ({ source: "metric", key: "loss", aspect });
  const cells = read(store, store.table.columns({}, [at(0), at(15), at(20), at(21)]));
  expect(cells["metric@0:loss"]).toEqual({ [first]: 4, [second]: 7 });
  expect(cells["metric@15:loss"]).toEqual({ [first]: 1 });
  expect(cells["metric@20:loss"]).toEqual({ [first]: Number.NaN });
  expect(cells["metric@21:loss"]).toEqual({});
});

test("what nobody has is empty, and deleted runs are in no row", () => {
  const { store, first, second } = twoRuns();
  store.endRun(first, { status: "failed", exitCode: 1, signal: null, endTime: 5 });
  store.deleteRuns([first]);
  const { rows, total, columns } = store.table.index({});
  expect([splitIds(rows.ids), total]).toEqual([[second], 1]);
  expect(columns).not.toContainEqual({ source: "tag", key: "seed" });
  expect(read(store, store.table.columns({}, [{ source: "param", key: "none" }]))["param:none"]).toEqual({});
});
