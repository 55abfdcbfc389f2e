import fs from "node:fs";
import path from "node:path";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { setUpTables } from "./testTables";

const tables = setUpTables();
const ROWS = 5000;

function columns(shift = 0): ColumnSource[] {
  const of = (make: (i: number) => unknown) => Array.from({ length: ROWS }, (_, i) => make(i + shift)) as never;
  return [
    { name: "id", type: "INT64", data: of((i) => BigInt(i)) },
    { name: "price", type: "DOUBLE", data: of((i) => (i % 10 === 0 ? null : i % 100)), nullable: true },
    { name: "city", type: "STRING", data: of((i) => ["Lima", "São Paulo", "Oslo"][i % 3]) },
    { name: "ok", type: "BOOLEAN", data: of((i) => i % 2 === 0) },
    { name: "at", type: "TIMESTAMP", data: of((i) => new Date(Date.UTC(2024, 0, 1) + i * 1000)) },
    { name: "tags", type: "JSON", data: of((i) => ({ list: [i % 4] })) },
  ];
}

const buffer = (shift = 0) => new Uint8Array(parquetWriteBuffer({ columnData: columns(shift), rowGroupSize: 2000 }));

test("types, values and what is missing", async () => {
  const table = await tables.describe(tables.write("a.parquet", buffer()));
  expect(table).toMatchObject({
    format: "parquet",
    rows: ROWS,
    complete: true,
    encoding: null,
    header: null,
    faults: [],
  });
  expect(table.columns.map(({ name, type, declaredType }) => [name, type, declaredType])).toEqual([
    ["id", "integer", "INT64"],
    ["price", "number", "DOUBLE"],
    ["city", "text", "STRING"],
    ["ok", "boolean", "BOOLEAN"],
    ["at", "time", expect.stringMatching(/^TIMESTAMP/)],
    ["tags", "nested", "JSON"],
  ]);
  const [id, price, city, ok, at] = table.columns;
  expect(id).toMatchObject({ count: ROWS, numbers: { min: 0, max: ROWS - 1 } });
  expect(price).toMatchObject({ missing: 500, distinct: { count: 90, error: 0 }, numbers: { min: 1, max: 99 } });
  expect(city!.top!.values.map(({ value }) => value)).toEqual(["Lima", "São Paulo", "Oslo"]);
  expect(ok!.top!.values.map(({ count }) => count)).toEqual([2500, 2500]);
  expect(at!.numbers).toMatchObject({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2024, 0, 1) + (ROWS - 1) * 1000 });
});

test("two versions, and one of them as CSV", async () => {
  const [before, after] = [tables.write("b.parquet", buffer()), tables.write("c.parquet", buffer(100))];
  expect((await tables.compare(before, after)).rows).toMatchObject({
    matchedBy: "key",
    key: "id",
    added: 100,
    removed: 100,
    changed: 0,
    unchanged: ROWS - 100,
  });
  const csv = Array.from({ length: ROWS }, (_, i) => {
    const time = new Date(Date.UTC(2024, 0, 1) + i * 1000).toISOString();
    return `${i},${i % 10 === 0 ? "" : `${i % 100}.0`},${["Lima", "São Paulo", "Oslo"][i % 3]},${i % 2 === 0},${time}`;
  });
  const text = tables.write("b.csv", ["id,price,city,ok,at", ...csv].join("\n"));
  const mixed = await tables.compare(before, text);
  expect(mixed.rows).toMatchObject({ columns: 5, changed: 0, unchanged: ROWS });
  expect(mixed.columns.map(({ kind, typeChanged }) => [kind, typeChanged])).toEqual([
    ...Array.from({ length: 5 }, () => ["kept", false]),
    ["removed", false],
  ]);
});

test.each([
  ["cut off", (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2), "truncated", /ends early/],
  ["of a few bytes", (bytes: Uint8Array) => bytes.subarray(0, 4), "damaged", /not Parquet/],
  ["empty", (bytes: Uint8Array) => bytes.subarray(0, 0), "damaged", /not Parquet/],
  ["something else", () => Buffer.from("id,price\n1,2\n3,4\n"), "damaged", /not Parquet/],
  [
    "with nonsense at its end",
    (bytes: Uint8Array) => fill(bytes, bytes.length - 300, bytes.length - 8),
    "damaged",
    /says of itself/,
  ],
])("a file %s is named so", async (name, damage, kind, message) => {
  const table = await tables.describe(tables.write(`${name}.parquet`, damage(buffer())));
  expect(table).toMatchObject({ rows: 0, complete: false, columns: [] });
  expect(table.faults[0]).toMatchObject({ kind, message: expect.stringMatching(message) });
});

test("of a file with damaged pages the other columns are described", async () => {
  const bytes = buffer();
  const file = path.join(tables.folder, "pages.parquet");
  fs.writeFileSync(file, fill(bytes, 100, 140));
  const table = await tables.describe(file);
  expect(table).toMatchObject({ rows: ROWS, complete: false, faults: [{ kind: "damaged" }] });
  expect(table.faults[0]!.message).toContain("The column id cannot be read");
  expect(table.columns[2]).toMatchObject({ name: "city", count: ROWS });
  const compared = await tables.compare(file, tables.write("d.parquet", buffer()));
  expect(compared.rows.note).toContain("Only what could be read was compared.");
});

function fill(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return bytes.slice().fill(0xff, start, end);
}
