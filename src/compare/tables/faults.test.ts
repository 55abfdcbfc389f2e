import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { UserError } from "../../domain/errors";
import { TableDescription } from "../../domain/tableComparison";
import { setUpTables } from "./testTables";

const tables = setUpTables();
let files = 0;

async function describeCsv(content: string | Uint8Array, name = "csv") {
  const description = await tables.describe(tables.write(`${++files}.${name}`, content));
  TableDescription.parse(description);
  const { columns, faults, ...table } = description;
  return {
    ...table,
    columns,
    names: columns.map((column) => column.name),
    types: columns.map(({ type }) => type),
    top: columns.map(({ top }) => top?.values.map(({ value }) => value).sort()),
    faults: Object.fromEntries(faults.map(({ kind, count, line }) => [kind, { count, line }])),
    messages: faults.map(({ message }) => message),
  };
}

describe("how CSV is written", () => {
  test.each([
    ["with commas", "a,b\n1,x\n2,y\n", ","],
    ["with semicolons and decimal commas", "a;b\n1,5;x\n2,5;y\n", ";"],
    ["with tabs", "a\tb\n1\tx, y\n2\ty, z\n", "\t"],
    ["with bars", "a|b\n1|x\n2|y\n", "|"],
  ])("%s", async (_, content, delimiter) => {
    expect(await describeCsv(content)).toMatchObject({
      delimiter,
      header: true,
      rows: 2,
      names: ["a", "b"],
      faults: {},
    });
  });

  test.each([
    ["LF", "a,b\n1,2\n3,4\n"],
    ["LF, the last one missing", "a,b\n1,2\n3,4"],
    ["CRLF", "a,b\r\n1,2\r\n3,4\r\n"],
    ["CR", "a,b\r1,2\r3,4\r"],
    ["blank lines", "\na,b\n\n1,2\n\n\n3,4\n\n"],
    ["a byte order mark", "\ufeffa,b\n1,2\n3,4\n"],
    ["everything quoted", '"a","b"\n"1","2"\n"3","4"\n'],
  ])("lines end in %s", async (_, content) => {
    expect(await describeCsv(content)).toMatchObject({
      rows: 2,
      names: ["a", "b"],
      types: ["integer", "integer"],
      faults: {},
      complete: true,
    });
  });

  test("quotes hide delimiters, line breaks and doubled quotes", async () => {
    const content = 'a,b\n"x, y","line 1\nline 2\r\nline 3"\n"say ""hi""",""\n"""",""""""\n5" pipe,"end"';
    expect(await describeCsv(content)).toMatchObject({
      rows: 4,
      top: [
        ['"', '5" pipe', 'say "hi"', "x, y"],
        ['""', "end", "line 1\nline 2\r\nline 3"],
      ],
      faults: {},
    });
  });

  test("UTF-16 as spreadsheets write it", async () => {
    const text = "name\tcity\nMüller\tKøbenhavn\n😀\tLima\n";
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    const big = Buffer.from(little).swap16();
    const expected = {
      rows: 2,
      names: ["name", "city"],
      top: [
        ["Müller", "😀"],
        ["København", "Lima"],
      ],
      faults: {},
    };
    expect(await describeCsv(little)).toMatchObject({ ...expected, encoding: "utf-16le" });
    expect(await describeCsv(big)).toMatchObject({ ...expected, encoding: "utf-16be" });
  });

  test.each([
    ["texts above numbers", "a,b\n1,2\n3,4\n", true],
    ["only texts", "a,b\nx,y\n", true],
    ["numbers above numbers", "5.1,3.5,setosa\n4.9,3.0,setosa\n", false],
    ["years above numbers", "country,2019,2020\nFR,1.5,2.5\n", true],
    ["pandas' numbering", ",0,1,2\n0,1.5,2,3\n1,4,5,6\n", true],
    ["a header alone", "a,b\n", true],
  ])("the first row: %s", async (_, content, header) => {
    expect((await describeCsv(content)).header).toBe(header);
  });

  test("names that are missing or double are made up", async () => {
    expect(await describeCsv(",a,a,\n0,1,2,3\n")).toMatchObject({
      names: ["Unnamed: 0", "a", "a.1", "Unnamed: 3"],
      faults: { "column-names": { count: 2 } },
    });
    expect((await describeCsv("1.5,2\n3.5,4\n")).names).toEqual(["0", "1"]);
  });
});

describe("what is wrong is named, and the rest is read", () => {
  test("rows with too few and too many fields", async () => {
    const result = await describeCsv("a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3\n");
    expect(result).toMatchObject({ rows: 4, faults: { ragged: { count: 2, line: 3 } } });
    expect(result.columns.map(({ count, missing }) => [count, missing])).toEqual([
      [4, 0],
      [4, 0],
      [3, 1],
    ]);
    expect(result.messages[0]).toContain("2 instead of 3");
  });

  test("bytes that are not UTF-8, also where a block ends within a character", async () => {
    const latin = Buffer.from("name,n\nMüller,1\nabc,2\nÅse,3\n", "latin1");
    expect(await describeCsv(latin)).toMatchObject({ rows: 3, faults: { encoding: { count: 2, line: 2 } } });
    for (const shift of [0, 1, 2, 3]) {
      const clean = `${"x".repeat(shift)}a\n${"€€€\n".repeat(150_000)}`;
      expect((await describeCsv(clean)).faults).toEqual({});
    }
  });

  test("text behind a closing quote", async () => {
    expect(await describeCsv('a,b\n"x" y,1\n"z",2\n')).toMatchObject({
      top: [
        ['"x" y', "z"],
        ["1", "2"],
      ],
      faults: { quotes: { count: 1, line: 2 } },
    });
  });

  test("a quote that never closes, in a small file and in one larger than memory for a row", async () => {
    expect(await describeCsv('a,b\nx,1\n"y,2\nz,3\n')).toMatchObject({
      rows: 3,
      top: [
        ['"y', "x", "z"],
        ["1", "2", "3"],
      ],
      faults: { "unclosed-quote": { count: 1, line: 3 } },
    });
    const many = `a,b\n"y,2\n${"z,3\n".repeat(5_000_000)}`;
    expect(await describeCsv(many)).toMatchObject({
      rows: 5_000_001,
      faults: { "unclosed-quote": { count: 1, line: 2 } },
    });
  });

  test("a line of 40 MiB, and one of 3 MiB, which is read", async () => {
    const content = `a,b\n1,2\n${"x".repeat(40 * 2 ** 20)},9\n3,4\n${"y".repeat(3 * 2 ** 20)},5\n6,7\n`;
    const result = await describeCsv(content);
    expect(result).toMatchObject({ rows: 4, faults: { "long-row": { count: 1, line: 3 } }, complete: true });
    expect(result.columns[1]!.numbers).toMatchObject({ min: 2, max: 7, count: 4 });
    const lines = `{"a":1}\n{"a":"${"x".repeat(40 * 2 ** 20)}"}\n{"a":"${"y".repeat(3 * 2 ** 20)}"}\n{"a":2}\n`;
    expect(await describeCsv(lines, "jsonl")).toMatchObject({ rows: 3, faults: { "long-row": { count: 1, line: 2 } } });
  });

  test.each(["csv", "tsv", "jsonl", "csv.gz"])("an empty %s", async (name) => {
    const result = await describeCsv("", name);
    expect(result).toMatchObject({ rows: 0, names: [], complete: true, faults: { empty: { count: 1, line: null } } });
    expect(result.messages).toEqual(["The file holds no rows."]);
  });

  test("a header without rows", async () => {
    expect(await describeCsv("a,b\n")).toMatchObject({
      rows: 0,
      names: ["a", "b"],
      types: ["empty", "empty"],
      faults: {},
    });
  });

  test("more columns than are described", async () => {
    const names = Array.from({ length: 5000 }, (_, i) => `c${i}`);
    const result = await describeCsv(`${names}\n${names.map((_, i) => i)}\n`);
    expect(result).toMatchObject({ rows: 1, faults: { "too-many-columns": { count: 904 } } });
    expect(result.names).toHaveLength(4096);
  });

  test("lines that are no JSON objects", async () => {
    const content = '{"a": 1}\n{"a": \n[1, 2]\n"x"\n\n{"a": 2, "b": [1, {"c": null}]}\n{"a": "x"}';
    expect(await describeCsv(content, "jsonl")).toMatchObject({
      rows: 3,
      names: ["a", "b"],
      types: ["mixed", "nested"],
      faults: { "not-json": { count: 1, line: 2 }, "not-object": { count: 2, line: 3 } },
    });
    expect((await describeCsv('[\n{"a": 1}\n]\n', "jsonl")).messages[0]).toContain("one object per line");
  });

  test("a gzipped file that is cut off or damaged is read as far as it goes", async () => {
    const whole = gzipSync(`a,b\n${Array.from({ length: 200_000 }, (_, i) => `${i},${(i * 7919) % 1000}\n`).join("")}`);
    const cut = path.join(tables.folder, "cut.csv.gz");
    fs.writeFileSync(cut, whole.subarray(0, whole.length >> 1));
    const half = await tables.describe(cut);
    expect(half).toMatchObject({ gzipped: true, complete: false, faults: [{ kind: "truncated" }] });
    expect(half.rows).toBeGreaterThan(50_000);
    expect(half.rows).toBeLessThan(150_000);
    const damaged = path.join(tables.folder, "damaged.csv.gz");
    whole.fill(0xff, whole.length >> 1, (whole.length >> 1) + 100);
    fs.writeFileSync(damaged, whole);
    expect(await tables.describe(damaged)).toMatchObject({
      complete: false,
      faults: expect.arrayContaining([expect.objectContaining({ kind: "damaged" })]),
    });
  });
});

describe("what is no table at all", () => {
  const message = (file: string) =>
    tables.describe(file).then(
      () => "no error",
      (error) => (error instanceof UserError ? error.message : `not for users: ${error}`),
    );

  test("is refused in a sentence", async () => {
    expect(await message(path.join(tables.folder, "missing.csv"))).toMatch(/missing\.csv does not exist/);
    expect(await message(tables.folder)).toMatch(/is no table/);
    fs.mkdirSync(path.join(tables.folder, "folder.csv"));
    expect(await message(path.join(tables.folder, "folder.csv"))).toMatch(/is a folder/);
    expect(await message(tables.write("image.png", "x"))).toMatch(/is no table.*Parquet/);
    expect(
      await message(
        tables.write(
          "image.csv",
          Uint8Array.from({ length: 1000 }, (_, i) => i),
        ),
      ),
    ).toMatch(/is not text/);
  });

  test.skipIf(process.getuid?.() === 0)("is refused without permission", async () => {
    const file = tables.write("secret.csv", "a\n1\n");
    fs.chmodSync(file, 0);
    expect(await message(file)).toMatch(/may not be read/);
  });
});
