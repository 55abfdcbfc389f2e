/** Predictions of files. */
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { serveEnvironment } from "./app";
import { pythonThatServes, runPython } from "./python";

const python = pythonThatServes();
const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-batch-"));
const file = (name: string) => path.join(folder, name);
const read = (name: string) => readFileSync(file(name), "utf8");
let columns: string[];
let rows: number[][];
const ROWS = 250;
const SOURCES = ["rows.csv", "rows.json", "list.json", "rows.jsonl", "rows.parquet"];
const TARGETS = ["out.csv", "out.json", "out.jsonl", "out.parquet"];

type Told = [status: number, said: string];

async function predict(bundle: string, ...asked: [input: string, output: string, chunk: number][]): Promise<Told[]> {
  const files = asked.map(([input, output, chunk]) => [file(input), file(output), chunk]);
  return JSON.parse(await runPython(python!, "predict_files.py", file(bundle), JSON.stringify(files)));
}

describe.skipIf(!python)("batch", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    await runPython(python!, "make_bundles.py", folder, "pickle", "function");
    const sample = JSON.parse(read("pickle/sample.json"));
    ({ columns } = sample.request.dataframe_split);
    const [row] = sample.request.dataframe_split.data;
    rows = Array.from({ length: ROWS }, (_, index) => row.map((value: number) => value + index / 100));
    const records = rows.map((each) => Object.fromEntries(columns.map((name, index) => [name, each[index]])));
    writeFileSync(file("rows.csv"), [columns, ...rows].map((each) => each.join(",")).join("\n"));
    writeFileSync(file("rows.json"), JSON.stringify({ dataframe_records: records }, null, 2));
    writeFileSync(file("list.json"), JSON.stringify(rows));
    writeFileSync(file("rows.jsonl"), records.map((each) => JSON.stringify(each)).join("\n"));
    await runPython(python!, "to_parquet.py", file("rows.csv"), file("rows.parquet"));
  }, 300_000);

  test("all formats give the same predictions, in all formats, whatever is predicted at a time", async () => {
    const told = await predict(
      "pickle",
      ["rows.csv", "one.json", 10_000],
      ...SOURCES.map((name): [string, string, number] => [name, `${name}.jsonl`, 100]),
      ...TARGETS.map((name): [string, string, number] => ["rows.csv", name, 99]),
    );
    expect(told).toEqual(told.map(() => [0, "250 rows were predicted.\n"]));
    const { predictions } = JSON.parse(read("one.json")) as { predictions: number[] };
    expect(new Set(predictions).size).toBe(ROWS);
    const same = (found: number[]) => {
      expect(found).toHaveLength(ROWS);
      for (const [index, value] of found.entries()) expect(value).toBeCloseTo(predictions[index]!, 9);
    };
    for (const name of SOURCES) same(read(`${name}.jsonl`).trim().split("\n").map(Number));
    const [head, ...lines] = read("out.csv").trim().split("\n");
    expect(head).toBe("prediction");
    same(lines.map(Number));
    same(JSON.parse(read("out.json")).predictions);
    same(read("out.jsonl").trim().split("\n").map(Number));
    same(JSON.parse(await runPython(python!, "to_parquet.py", file("out.parquet"))).prediction);
  });

  test("predictions of several parts get a column for each, also through a pipe", async () => {
    cpSync(file("function"), file("printing"), { recursive: true });
    appendFileSync(file("printing/model/predict.py"), '\nprint("Loaded.")\n');
    const words = ["-m", "modeltrail_serve", "predict", "--bundle", file("printing")];
    const files = ["--input", file("rows.csv"), "--output", "-"];
    const { stdout, stderr } = await promisify(execFile)(python!, [...words, ...files], { env: serveEnvironment() });
    const lines = stdout.trim().split("\n");
    expect([lines[0], lines[1], lines.length]).toEqual(["class,rows", "1,250", ROWS + 1]);
    expect(stderr).toContain("Loaded.\n");
  });

  test("parts stand under their names in whatever order they come, and are never lacking in silence", async () => {
    for (const [name, more] of [
      ["turned", "'b': 2, 'a': 1"],
      ["lacking", "'b': 2"],
    ]) {
      const model = `def predict(inputs: list):\n    return [{"a": 1, "b": 2} if row["alcohol"] < 15 else {${more}} for row in inputs]\n`;
      cpSync(file("function"), file(name!), { recursive: true });
      writeFileSync(file(`${name}/model/predict.py`), model);
    }
    const targets = ["parts.csv", "parts.parquet", "parts.jsonl"].map((name): [string, string, number] => [
      "rows.csv",
      name,
      100,
    ]);
    expect((await predict("turned", ...targets)).map(([status]) => status)).toEqual([0, 0, 0]);
    expect(read("parts.csv")).toBe(`a,b\n${"1,2\n".repeat(ROWS)}`);
    expect(JSON.parse(await runPython(python!, "to_parquet.py", file("parts.parquet"))).b).toEqual(Array(ROWS).fill(2));
    const refused = "The model's answers have different parts (a, b; b), which make no table.";
    const told = await predict("lacking", ...targets);
    expect(told.map(([status]) => status)).toEqual([1, 1, 0]);
    for (const [, said] of told.slice(0, 2)) expect(said).toContain(refused);
  });

  test("JSON is read to its end, wherever a part of it that is read at once ends", async () => {
    // The first 65,536 characters end within a number, behind each of its characters in turn.
    const number = "12.5e-1";
    const lists: [string, string, number][] = [];
    for (let place = 1; place <= number.length; place++) {
      const name = `cut-${place}.json`;
      const row = [number, ...Array(columns.length - 1).fill("1")].join(",");
      writeFileSync(file(name), `[${" ".repeat(65_536 - 2 - place)}[${row}]]`);
      lists.push([name, `${name}.jsonl`, 10]);
    }
    writeFileSync(file("plain.json"), JSON.stringify([[1.25, ...Array(columns.length - 1).fill(1)]]));
    const told = await predict("pickle", ["plain.json", "plain.jsonl", 10], ...lists);
    expect(told).toEqual(told.map(() => [0, "1 rows were predicted.\n"]));
    for (const [, output] of lists) expect(read(output)).toBe(read("plain.jsonl"));

    const row = JSON.stringify([Array(columns.length).fill(1)]);
    const rest = {
      "two.json": [`${row} [[2]]`, "something follows after its end"],
      "more.json": [`{"inputs": ${row}, "params": {}}`, "The file has to hold nothing but one of"],
      "open.json": [`{"inputs": ${row}`, "The file has to hold nothing but one of"],
      "half.json": [`[[1.`, "The file is not valid JSON"],
    };
    for (const [name, [content]] of Object.entries(rest)) writeFileSync(file(name), content!);
    const bad = await predict(
      "pickle",
      ...Object.keys(rest).map((name): [string, string, number] => [name, "no.csv", 1]),
    );
    for (const [index, [, expected]] of Object.values(rest).entries()) {
      expect(bad[index]).toEqual([1, expect.stringContaining(expected!)]);
    }
  });

  test("what does not fit is told with its row in the file, and nothing is left behind", async () => {
    const text = read("rows.csv").split("\n");
    text[231] = text[231]!.replace(/^[^,]*/, "wet");
    const bad = {
      "bad.csv": text.join("\n"),
      "short.csv": text.map((line, index) => (index === 230 ? line.slice(0, line.lastIndexOf(",")) : line)).join("\n"),
      "cut.json": "[[1, 2",
      "other.json": '{"rows": []}',
      "rows.txt": "",
      "empty.csv": "",
    };
    for (const [name, content] of Object.entries(bad)) writeFileSync(file(name), content);
    const before = readdirSync(folder);
    const told = await predict(
      "pickle",
      ...Object.keys(bad).map((name): [string, string, number] => [name, "never.csv", 100]),
    );
    expect(told[0]).toEqual([1, 'Row 231, column "alcohol": expected a number, got the text "wet".\n']);
    expect(told[1]).toEqual([1, "Row 230: expected 13 values, got 12.\n"]);
    expect(told.map(([status]) => status)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(existsSync(file("never.csv"))).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });
});
