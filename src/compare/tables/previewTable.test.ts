import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { previewTable } from "./previewTable";

function file(name: string, content: string): string {
  const place = path.join(tempFolder(), name);
  writeFileSync(place, content);
  return place;
}

test("the first rows as they stand, missing ones as such", async () => {
  const csv = file("a.csv", `id,text\n1,"a, b"\n2,\n3,${"x".repeat(500)}\n`);
  const { columns, rows, moreRows, faults } = await previewTable(csv, "csv", { rows: 3, columns: 100 });
  expect({ columns, moreRows, faults }).toEqual({ columns: ["id", "text"], moreRows: false, faults: [] });
  expect(rows.slice(0, 2)).toEqual([
    ["1", "a, b"],
    ["2", null],
  ]);
  expect(rows[2]![1]).toMatch(/^x+…$/);
});

test("no more than was asked for", async () => {
  const lines = Array.from({ length: 5_000 }, (_, at) => JSON.stringify({ at, [`c${at % 300}`]: at }));
  const preview = await previewTable(file("a.jsonl", lines.join("\n")), "jsonl", { rows: 200, columns: 100 });
  expect(preview.rows).toHaveLength(200);
  expect(preview.columns).toHaveLength(100);
  expect(preview).toMatchObject({ moreRows: true, moreColumns: true });
});

test("a table with nothing in it, and what is none", async () => {
  expect(await previewTable(file("a.csv", "a,b\n"), "csv", { rows: 10, columns: 100 })).toMatchObject({
    rows: [],
    moreRows: false,
  });
  const none = await previewTable(file("a.parquet", "no"), "parquet", { rows: 10, columns: 100 });
  expect(none).toMatchObject({ columns: [], faults: ["The file is not Parquet."] });
});
