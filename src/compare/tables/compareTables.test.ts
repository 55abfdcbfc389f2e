import { describe, expect, test } from "vitest";
import { UserError } from "../../domain/errors";
import { type ColumnChange, TableComparison } from "../../domain/tableComparison";
import { createRandom, setUpTables } from "./testTables";

const tables = setUpTables();
let files = 0;

async function compareTexts(before: string, after: string, keyColumn?: string, names = ["csv", "csv"]) {
  const paths = [before, after].map((content, i) => tables.write(`${++files}.${names[i]}`, content));
  const comparison = await tables.compare(paths[0]!, paths[1]!, { keyColumn });
  return TableComparison.parse(comparison);
}

const named = (columns: ColumnChange[], name: string) =>
  columns.find((change) => (change.after ?? change.before)?.name === name)!;
const lines = (header: string, rows: number, row: (i: number) => string) =>
  [header, ...Array.from({ length: rows }, (_, i) => row(i)), ""].join("\n");

describe("rows", () => {
  test("by a key that is found, wherever it stands", async () => {
    const before = lines("value,user_id,label", 1000, (i) => `${i % 7},u${i},${i % 2}`);
    const after = lines("label,value,user_id", 1010, (i) => `${i % 2},${i % 10 === 3 ? 99 : i % 7},u${i + 5}`);
    const { rows, columns } = await compareTexts(before, after);
    expect(rows).toMatchObject({ matchedBy: "key", key: "user_id", columns: 3, added: 15, removed: 5, note: null });
    expect(rows.changed! + rows.unchanged!).toBe(995);
    expect(columns.map(({ after: column }) => column!.name)).toEqual(["label", "value", "user_id"]);
    expect(named(columns, "user_id").changedRows).toBe(0);
    expect(named(columns, "value").changedRows).toBeGreaterThan(700);
  });

  test("by the column that is asked for", async () => {
    const before = lines("a,b", 100, (i) => `${i},${i * 2}`);
    const after = lines("a,b", 100, (i) => `${i + 1},${i * 2}`);
    expect((await compareTexts(before, after)).rows).toMatchObject({ key: "a", added: 1, removed: 1, changed: 99 });
    expect((await compareTexts(before, after, "b")).rows).toMatchObject({
      key: "b",
      added: 0,
      removed: 0,
      changed: 100,
    });
    const error = compareTexts(before, after, "c");
    await expect(error).rejects.toThrow(UserError);
    await expect(error).rejects.toThrow(/no column "c". It has: a, b/);
  });

  test("by content where no column is a key, or only seems to be one at first", async () => {
    const before = lines("a,b", 100, (i) => `${i % 10},${i % 4}`);
    expect((await compareTexts(before, `${before}9,9\n`)).rows).toMatchObject({
      matchedBy: "content",
      key: null,
      added: 1,
      removed: 0,
      changed: null,
      unchanged: 100,
      note: null,
    });
    const late = lines("id,b", 20_000, (i) => `${Math.min(i, 19_998)},${i}`);
    const found = await compareTexts(late, late);
    expect(found.rows).toMatchObject({ matchedBy: "content", unchanged: 20_000, note: null });
    const given = await compareTexts(late, late, "id");
    expect(given.rows).toMatchObject({ matchedBy: "content", unchanged: 20_000 });
    expect(given.rows.note).toMatch(/^"id" has 2 values more than once/);
    expect((await compareTexts(late, late, "b")).rows).toMatchObject({ matchedBy: "key", key: "b" });
  });

  test("are the same whatever stands between them, and in another order", async () => {
    const before = lines(
      "id,x,t,flag",
      500,
      (i) => `${i},${i / 4},2024-01-01 00:00:${String(i % 60).padStart(2, "0")},true`,
    );
    const after = lines(
      "id;x;t;flag",
      500,
      (i) =>
        `"${499 - i}";${((499 - i) / 4).toFixed(3)};2024-01-01T00:00:${String((499 - i) % 60).padStart(2, "0")}Z;True`,
    );
    const { rows, columns } = await compareTexts(before, after.replaceAll("\n", "\r\n"));
    expect(rows).toMatchObject({
      added: 0,
      removed: 0,
      changed: 0,
      unchanged: 500,
      note: "The rows are in another order.",
    });
    expect(columns.every(({ drift, typeChanged }) => drift!.value === 0 && !typeChanged)).toBe(true);
  });

  test("between formats", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({
      id: i,
      name: i % 3 ? `n${i}` : null,
      x: i / 8,
      at: "2024-05-06T07:08:09.123456",
    }));
    const csv = lines("id,name,x,at", 300, (i) =>
      Object.values(rows[i]!)
        .map((value) => value ?? "")
        .join(),
    );
    const json = rows.map((row) => JSON.stringify(row)).join("\n");
    const compared = await compareTexts(csv, json, undefined, ["csv.gz", "jsonl"]);
    expect(compared.rows).toMatchObject({ matchedBy: "key", key: "id", changed: 0, unchanged: 300, note: null });
    expect(compared).toMatchObject({
      before: { format: "csv", gzipped: true },
      after: { format: "jsonl", gzipped: false },
    });
    expect(named(compared.columns, "name").after).toMatchObject({ type: "text", missing: 100, count: 200 });
  });

  test("cannot be matched without a common column; an empty version has none", async () => {
    expect((await compareTexts("a\n1\n", "b\nx\n")).rows).toMatchObject({
      matchedBy: null,
      added: null,
      note: "Rows were not matched: no column is in both versions.",
    });
    const emptied = await compareTexts("a,b\n1,2\n", "", "a");
    expect(emptied.after.faults[0]!.kind).toBe("empty");
    expect(emptied.columns.map(({ kind }) => kind)).toEqual(["removed", "removed"]);
    expect((await compareTexts("", "")).rows).toMatchObject({ matchedBy: null, note: null });
  });
});

describe("columns", () => {
  const random = createRandom(5);
  const numbers = Array.from({ length: 5000 }, () => random().toFixed(6));

  test("added, removed, renamed, of another type, each where it stood", async () => {
    const before = lines("gone,id,old_name,code", 5000, (i) => `${i % 3 ? "x" : "y"},${i},${numbers[i]},${i % 100}`);
    const after = lines("id,new_name,code,fresh", 5000, (i) => `${i},${numbers[i]},c${i % 100},${i % 5}`);
    const { columns } = await compareTexts(before, after);
    const found = columns.map(({ kind, before: from, after: to, typeChanged }) => [
      kind,
      from?.name,
      to?.name,
      typeChanged,
    ]);
    expect(found).toEqual([
      ["removed", "gone", undefined, false],
      ["kept", "id", "id", false],
      ["renamed", "old_name", "new_name", false],
      ["kept", "code", "code", true],
      ["added", undefined, "fresh", false],
    ]);
    expect(columns[2]!.likeness).toBeGreaterThan(0.9);
    expect(columns[3]).toMatchObject({ before: { type: "integer" }, after: { type: "text" }, drift: null });
  });

  test("of yes and no are not taken for each other for that alone", async () => {
    const before = lines("id,passed", 1000, (i) => `${i},${i % 10 === 0}`);
    const after = lines("id,smoker", 1000, (i) => `${i},${i % 10 !== 0}`);
    expect((await compareTexts(before, after)).columns.map(({ kind }) => kind)).toEqual(["kept", "removed", "added"]);
  });

  test("drift tells a moved column from one that is as before", async () => {
    const normal = () => Array.from({ length: 6 }, random).reduce((sum, x) => sum + x, -3) * Math.SQRT2;
    const row = (shift: number, rare: number, missing: number) => () =>
      [
        normal().toFixed(3),
        (normal() + shift).toFixed(3),
        random() < rare ? "b" : "a",
        random() < missing ? "" : "x",
        `free ${random()}`,
      ].join();
    const { columns } = await compareTexts(
      lines("same,shifted,mix,gaps,text", 20_000, row(0, 0.1, 0.02)),
      lines("same,shifted,mix,gaps,text", 20_000, row(1, 0.5, 0.3)),
    );
    const drift = (name: string) => named(columns, name).drift;
    expect(drift("same")!.value).toBeLessThan(0.01);
    // For a normal distribution moved by d standard deviations the index is d², but for the width of the bins.
    expect(drift("shifted")!.value).toBeGreaterThan(0.8);
    expect(drift("shifted")!.value).toBeLessThan(1);
    // (0.5 - 0.1) · ln(0.5 / 0.1) + (0.5 - 0.9) · ln(0.5 / 0.9)
    expect(drift("mix")!.value).toBeCloseTo(0.4 * Math.log(5) + 0.4 * Math.log(1.8), 1);
    expect(drift("gaps")).toMatchObject({ method: "psi", level: "large" });
    expect(drift("text")).toBeNull();
    expect([drift("same")!.level, drift("shifted")!.level]).toEqual(["none", "large"]);
  });

  test("figures are those of the values", async () => {
    const { columns } = await compareTexts(
      lines("x", 1, () => "1"),
      lines("x,y,t", 1001, (i) => `${i},${i % 4 ? i % 4 : ""},2024-01-01`),
    );
    expect(named(columns, "x").after).toEqual({
      name: "x",
      type: "integer",
      declaredType: null,
      kinds: { integer: 1001 },
      count: 1001,
      missing: 0,
      distinct: { count: 1001, error: 0 },
      numbers: {
        count: 1001,
        min: 0,
        max: 1000,
        mean: 500,
        std: Math.sqrt((1001 ** 2 - 1) / 12),
        quantiles: [10, 50, 250, 500, 750, 950, 990],
        rankError: 0,
      },
      top: expect.objectContaining({ countError: 0 }),
    });
    expect(named(columns, "y").after).toMatchObject({
      count: 750,
      missing: 251,
      top: {
        values: [
          { value: "1", count: 250 },
          { value: "2", count: 250 },
          { value: "3", count: 250 },
        ],
      },
    });
    expect(named(columns, "t").after).toMatchObject({ type: "time", numbers: { min: Date.UTC(2024, 0, 1), std: 0 } });
  });

  test("infinite numbers are counted but not added up", async () => {
    const { columns } = await compareTexts("x\n1\ninf\n3\n", "x\n1\n-inf\n3\n");
    expect(columns[0]!.after).toMatchObject({
      type: "number",
      count: 3,
      numbers: { count: 2, min: 1, max: 3, mean: 2 },
    });
  });

  test("many values are estimated, as nearly as is stated", async () => {
    const row = (i: number) => `${i},v${i % 30_000},${(i * 7919) % 100_003},${i % 20 ? `rare ${i}` : "often"}`;
    const content = lines("id,v,n,w", 100_000, row);
    const { columns } = await compareTexts(content, content);
    const distinct = (name: string) => named(columns, name).after!.distinct;
    for (const [name, count] of [
      ["id", 100_000],
      ["v", 30_000],
      ["n", 100_000],
    ] as const) {
      expect(distinct(name).error).toBeGreaterThan(0);
      expect(Math.abs(distinct(name).count / count - 1)).toBeLessThan(4 * distinct(name).error);
    }
    const { quantiles, rankError } = named(columns, "n").after!.numbers!;
    expect(Math.abs(quantiles[3]! / 100_003 - 0.5)).toBeLessThan(rankError);
    const { values, countError } = named(columns, "w").after!.top!;
    expect(values[0]).toMatchObject({ value: "often" });
    expect(values[0]!.count + countError).toBeGreaterThanOrEqual(5000);
    expect(columns.every(({ drift }) => drift === null || drift.value === 0)).toBe(true);
  });
});

describe("while it runs", () => {
  const large = tables.write(
    "large.csv",
    lines("id,x", 400_000, (i) => `${i},${i % 1000}`),
  );

  test("progress goes up to the whole", async () => {
    const seen: [number, number][] = [];
    await tables.compare(large, large, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every(([done, total], i) => done <= total && done >= (seen[i - 1]?.[0] ?? 0))).toBe(true);
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1]);
  });

  test("it ends at once when it is not wanted any more", async () => {
    const controller = new AbortController();
    const work = tables.compare(large, large, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(work).rejects.toThrow("enough");
    await expect(tables.describe(large, { signal: controller.signal })).rejects.toThrow("enough");
  });
});
