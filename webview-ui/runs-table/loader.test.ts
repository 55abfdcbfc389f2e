import { expect, test, vi } from "vitest";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import { TableLoader } from "./loader";
import { column, idOf, partOf } from "./testData";

// A page has it.
vi.stubGlobal("requestAnimationFrame", () => 0);

type Rows = Parameters<typeof partOf>[0];

/** A store of these rows, which counts what is asked of it. */
function loaderOf(rows: Rows) {
  const asked: string[] = [];
  let fault: Error | undefined;
  const keys = () => partOf(rows).columns.map((cells) => cells.column);
  const among = (ids: readonly string[]) =>
    Object.fromEntries(Object.entries(rows).filter(([number]) => ids.includes(idOf(Number(number)))));
  const loader = new TableLoader({
    async index() {
      asked.push("index");
      if (fault) throw fault;
      return { rows: partOf(rows).rows, columns: keys(), total: Object.keys(rows).length, lessIsBetter: [] };
    },
    async columns(columns: ColumnKey[]) {
      const ids = columns.map(columnId);
      asked.push(ids.join(" "));
      return partOf(rows).columns.filter((cells) => ids.includes(columnId(cells.column)));
    },
    async runs(ids) {
      asked.push(`runs ${ids.length}`);
      return partOf(among(ids));
    },
  });
  const idle = (last: string) => vi.waitFor(() => expect(asked.at(-1)).toBe(last));
  return { loader, asked, idle, rows, fail: (error?: Error) => (fault = error) };
}

test("what is looked at comes before the rest, and what nobody has is asked for once", async () => {
  const { loader, asked, idle } = loaderOf({ 1: { "param:a": "x", "param:b": "y" }, 2: { "param:a": "z" } });
  loader.want([column("param:b"), column("run:bogus")]);
  const first = partOf({ 2: { "param:a": "z" } });
  loader.begin({ rows: first.rows, columns: first.columns }, []);
  await idle("run:startTime param:a");
  expect(asked).toEqual(["index", "param:b run:bogus", "run:startTime param:a"]);
  expect(loader.data.value(column("param:b"), loader.data.rowOf(idOf(1))!)).toBe("y");
});

test("what decides about the order is waited for: from all runs, and no longer than it can come", async () => {
  const { loader, asked, fail } = loaderOf({ 1: { "param:a": "x", "metric:loss": 3 }, 2: { "param:a": "z" } });
  const first = partOf({ 2: { "param:a": "z" } });
  loader.begin({ rows: first.rows, columns: first.columns }, []);
  await loader.have(() => [column("metric:loss"), column("run:bogus")]);
  expect(asked.slice(0, 2)).toEqual(["index", "metric:loss run:bogus"]);
  expect(loader.data.value(column("metric:loss"), loader.data.rowOf(idOf(1))!)).toBe(3);

  fail(new Error("The worker ended."));
  loader.change({ runs: [], removed: [], all: true });
  await loader.have(() => [column("metric:other")]);
  expect(loader.fault).toBe("The worker ended.");
});

test("a changed run is read alone, many are read with all others, a gone one goes at once", async () => {
  const { loader, asked, idle, rows } = loaderOf({ 1: { "param:a": "x" }, 2: { "param:a": "y" } });
  const first = partOf(rows);
  loader.begin({ rows: first.rows, columns: first.columns }, []);
  await idle("run:startTime param:a");
  asked.length = 0;

  rows[2] = { "param:a": "changed" };
  rows[3] = { "param:a": "new" };
  loader.change({ runs: [idOf(2), idOf(3)], removed: [idOf(1)], all: false });
  expect(loader.data.rowOf(idOf(1))).toBeUndefined();
  await vi.waitFor(() => expect(loader.data.rowOf(idOf(3))).toBeDefined());
  expect(asked).toEqual(["runs 2"]);
  expect(loader.data.value(column("param:a"), loader.data.rowOf(idOf(2))!)).toBe("changed");
  expect(loader.data.total).toBe(2);

  // Moved to another experiment, say: it is no longer among those that are told.
  delete rows[2];
  loader.change({ runs: [idOf(2)], removed: [], all: false });
  await vi.waitFor(() => expect(loader.data.rowOf(idOf(2))).toBeUndefined());
  expect(loader.data.total).toBe(1);

  delete rows[1];
  loader.change({ runs: Array.from({ length: 1_000 }, (_, at) => idOf(at + 10)), removed: [], all: false });
  await idle("run:startTime param:a");
  expect(asked.slice(2)).toEqual(["index", "run:startTime param:a"]);
});

test("after a fault nothing is asked until it is tried again", async () => {
  const { loader, asked, fail, idle } = loaderOf({ 1: { "param:a": "x" } });
  fail(new Error("The worker ended."));
  loader.begin({ rows: partOf({}).rows, columns: [] }, []);
  await vi.waitFor(() => expect(loader.fault).toBe("The worker ended."));
  loader.change({ runs: [idOf(1)], removed: [], all: false });
  expect(asked).toEqual(["index"]);
  fail(undefined);
  loader.tryAgain();
  await idle("run:startTime param:a");
  expect(loader.fault).toBeUndefined();
});
