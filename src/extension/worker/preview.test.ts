import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Preview } from "../../protocol/preview";
import { previewFile } from "./preview";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "modeltrail-preview-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As a kept file: its name is its hash, which says nothing. */
async function preview(name: string, content: string | Uint8Array): Promise<Preview> {
  const file = path.join(folder, "kept");
  writeFileSync(file, content);
  return Preview.parse(await previewFile(name, file, Buffer.byteLength(content)));
}

test("tables show their first rows, compressed or not", async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `${at},"a, ${at}",`);
  const text = `id,name,none\n${lines.join("\n")}\n`;
  for (const shown of [await preview("a.csv", text), await preview("a.csv.gz", gzipSync(text))]) {
    expect(shown).toMatchObject({ kind: "table", columns: ["id", "name", "none"], cut: true });
    expect(shown.kind === "table" && [shown.rows.length, shown.rows[99]]).toEqual([200, ["99", "a, 99", null]]);
  }
});

test("a short table is shown whole, and rows that name their values come under their columns", async () => {
  const shown = await preview("a.jsonl", '{"a": 1}\n{"b": "x"}\n{"a": 2, "b": "y"}\n');
  expect(shown).toMatchObject({
    columns: ["a", "b"],
    rows: [
      ["1", null],
      [null, "x"],
      ["2", "y"],
    ],
    cut: false,
  });
});

test("text, JSON and pages come as text, of big ones the beginning", async () => {
  expect(await preview("a.json", '{"b":[1]}')).toEqual({
    kind: "json",
    text: '{\n  "b": [\n    1\n  ]\n}',
    cut: false,
  });
  expect(await preview("broken.json", "{")).toMatchObject({ kind: "json", text: "{" });
  expect(await preview("a.HTML", "<script>1</script>")).toMatchObject({ kind: "html", cut: false });
  expect(await preview("notes", "x".repeat(300_000))).toMatchObject({ kind: "text", cut: true });
});

test("media come as bytes, and what is neither is said", async () => {
  const bytes = Uint8Array.of(0x89, 0x50, 0);
  expect(await preview("plot.png", bytes)).toEqual({ kind: "image", mime: "image/png", bytes });
  expect(await preview("model.pkl", bytes)).toMatchObject({ kind: "none" });
  expect(await preview("constructor", bytes)).toMatchObject({ kind: "none" });
});

test("what is logged as a table is shown as one, with Python's NaN", async () => {
  const table = '{"columns": ["id", "score"], "data": [[1, NaN], [2, null]]}';
  expect(await preview("eval_results_table.json", table)).toMatchObject({
    kind: "table",
    columns: ["id", "score"],
    rows: [
      ["1", "NaN"],
      ["2", null],
    ],
  });
});

test("confusion matrices and curves are read whole, from JSON and from tables of any kind", async () => {
  const roc = '{"roc": [{"fpr": 0, "tpr": 0, "threshold": Infinity}, {"fpr": 1, "tpr": 1, "threshold": 0}]}';
  expect(await preview("roc.json", roc)).toMatchObject({ evaluation: { form: "roc", curves: [{ area: 0.5 }] } });
  const points = Array.from({ length: 30_000 }, (_, at) => `${at / 29_999},1`);
  expect(await preview("a.csv.gz", gzipSync(`recall,precision\n${points.join("\n")}\n`))).toMatchObject({
    evaluation: { form: "precision-recall", curves: [{ area: 1 }] },
  });
  expect(await preview("confusion_matrix.csv", "5.0,1.0\n2.0,8.0\n")).toMatchObject({
    evaluation: { form: "confusion", matrices: [{ labels: ["0", "1"] }] },
  });
});
