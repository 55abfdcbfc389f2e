import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Preview } from "../../protocol/runPage";
import { previewOf } from "./preview";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "modeltrail-preview-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As a kept file: its name is its hash, which says nothing. */
async function preview(name: string, content: string | Uint8Array): Promise<Preview> {
  const file = path.join(folder, "kept");
  writeFileSync(file, content);
  return Preview.parse(await previewOf(name, file, Buffer.byteLength(content)));
}

test("tables show their first rows, compressed or not", async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `${at},"a, ${at}",`);
  const text = `id,name,none\n${lines.join("\n")}\n`;
  for (const shown of [await preview("a.csv", text), await preview("a.csv.gz", gzipSync(text))]) {
    expect(shown).toMatchObject({ kind: "table", columns: ["id", "name", "none"], cut: true });
    expect(shown.kind === "table" && [shown.rows.length, shown.rows[99]]).toEqual([100, ["99", "a, 99", ""]]);
  }
});

test("a short table is shown whole, and rows that name their values come under their columns", async () => {
  const shown = await preview("a.jsonl", '{"a": 1}\n{"b": "x"}\n{"a": 2, "b": "y"}\n');
  expect(shown).toMatchObject({
    columns: ["a", "b"],
    rows: [
      ["1", ""],
      ["", "x"],
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
