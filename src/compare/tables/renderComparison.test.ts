import { expect, test } from "vitest";
import { renderTableComparison } from "./renderComparison";
import { setUpTables } from "./testTables";

const tables = setUpTables();
const lines = (header: string, rows: number, row: (i: number) => string) =>
  [header, ...Array.from({ length: rows }, (_, i) => row(i)), ""].join("\n");

const before = tables.write(
  "before.csv",
  lines("id,price,city,size,old", 1000, (i) => `${i},${i % 100},Lima,${i % 3},o${i}`),
);
const row = (i: number) =>
  `${i},${i % 100 === 7 ? "" : i % 100},${i % 4 ? "Oslo" : "Lima"},${"SML"[i % 3]},2024-01-0${1 + (i % 9)}`;
const after = tables.write("after.csv", `${lines("id,price,city,size,when|\x1b[31m", 1200, row)}1200,2\n`);

test("says in lines what is not the same, and nothing of what is", async () => {
  expect(renderTableComparison(await tables.compare(before, after))).toBe(`\
Rows     1,000 → 1,201: 201 added, 1,000 changed (matched by "id")
Columns  5: 1 added, 1 removed, 1 of another type
Size     18.7 kB → 30.0 kB
After    1 row (line 1202) has too few or too many fields (2 instead of 5): missing ones count as empty, others are left out.

id               integer         distinct 1,000 → 1,201; max 999 → 1200; mean 499.5 → 600; std 288.67 → 346.7; drift (PSI) 0.16, some
price            integer         10 rows changed; missing 0 → 12 (1 %); distinct 100 → 99; mean 49.5 → 49.889; std 28.866 → 28.714; drift (PSI) 0.031, little
city             text            750 rows changed; missing 0 → 1 (0.083 %); distinct 1 → 2; most frequent "Lima" → "Oslo"; drift (PSI) 6.5, large
size             integer → text  1,000 rows changed; missing 0 → 1 (0.083 %); most frequent "0" → "L"
old              text            removed; 1,000 distinct
when|\\u001b[31m  time            added; 9 distinct; missing 1 (0.083 %); 2024-01-01 to 2024-01-09, mean 2024-01-04 23:49:12
`);
});

test("is a list and a table in Markdown, safe from what names hold", async () => {
  const text = renderTableComparison(await tables.compare(before, after), { style: "markdown" });
  expect(text.split("\n").filter((line) => /Rows|Column |---|when/.test(line))).toEqual([
    '- **Rows:** 1,000 → 1,201: 201 added, 1,000 changed (matched by "id")',
    "| Column | Type | Change |",
    "| --- | --- | --- |",
    "| when\\|\\\\u001b\\[31m | time | added; 9 distinct; missing 1 (0.083 %); 2024-01-01 to 2024-01-09, mean 2024-01-04 23:49:12 |",
  ]);
});

test("of equal tables is short, unless all is asked for", async () => {
  const same = await tables.compare(before, before);
  const short = 'Rows     1,000: all unchanged (matched by "id")\nColumns  5\nSize     18.7 kB\n';
  expect(renderTableComparison(same)).toBe(short);
  expect(renderTableComparison(same, { all: true })).toBe(
    `${short}\nid     integer\nprice  integer\ncity   text\nsize   integer\nold    text\n`,
  );
});
