import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSpoolReader } from "./spool";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const imported = (name: string, t = 1): string => `${JSON.stringify({ e: "import", t, name })}\n`;
const names = (events: { e: string; name?: string }[]): unknown[] => events.map((event) => event.name);

test("a folder that does not exist yet has nothing", () => {
  const reader = createSpoolReader(join(folder, "later"));
  expect(reader.read(false)).toEqual({ events: [], damaged: 0, more: false });
});

test("gives what is new since the last read, from every process", () => {
  const reader = createSpoolReader(folder);
  appendFileSync(join(folder, "10-1.jsonl"), imported("numpy"));
  expect(reader.read(false).events).toEqual([{ e: "import", t: 1, name: "numpy", process: "10-1" }]);
  appendFileSync(join(folder, "10-1.jsonl"), imported("pandas"));
  appendFileSync(join(folder, "11-1.jsonl"), imported("torch"));
  expect(names(reader.read(false).events)).toEqual(["pandas", "torch"]);
  expect(reader.read(false).events).toEqual([]);
});

test("a torn line waits for its rest", () => {
  const reader = createSpoolReader(folder);
  const file = join(folder, "10-1.jsonl");
  const line = imported("numpy");
  writeFileSync(file, line.slice(0, 9));
  expect(reader.read(false)).toEqual({ events: [], damaged: 0, more: false });
  appendFileSync(file, line.slice(9));
  expect(names(reader.read(false).events)).toEqual(["numpy"]);
});

test("a line torn off at the end of the run is counted once", () => {
  const reader = createSpoolReader(folder);
  writeFileSync(join(folder, "10-1.jsonl"), imported("numpy") + imported("torch").slice(0, 12));
  const last = reader.read(true);
  expect(names(last.events)).toEqual(["numpy"]);
  expect(last.damaged).toBe(1);
  expect(reader.read(true)).toEqual({ events: [], damaged: 0, more: false });
});

test("another process goes on from a checkpoint, neither losing nor repeating", () => {
  const first = createSpoolReader(folder);
  const file = join(folder, "10-1.jsonl");
  writeFileSync(file, imported("a") + imported("b").slice(0, 7));
  expect(names(first.read(false).events)).toEqual(["a"]);
  const saved = JSON.parse(JSON.stringify(first.checkpoint()));
  appendFileSync(file, imported("b").slice(7) + imported("c"));
  expect(names(createSpoolReader(folder, saved).read(true).events)).toEqual(["b", "c"]);
});

test("a checkpoint that is not ours starts from zero", () => {
  writeFileSync(join(folder, "10-1.jsonl"), imported("a"));
  for (const odd of [null, 7, "x", { files: 3 }]) {
    expect(names(createSpoolReader(folder, odd).read(false).events)).toEqual(["a"]);
  }
});

test("damaged lines are counted, unknown events and fields ignored, the rest kept", () => {
  writeFileSync(
    join(folder, "10-1.jsonl"),
    [
      "not json",
      "null",
      "[]",
      '{"e":"import","t":"late"}',
      '{"e":"open","t":1,"path":"/x","mode":"append","size":1,"mtimeNs":"1","ctimeNs":"1","ino":"1"}',
      '{"e":"invented-later","t":1,"what":{}}',
      "",
      '{"e":"import","t":1,"name":"kept","extra":true}',
      "",
    ].join("\n"),
  );
  const found = createSpoolReader(folder).read(false);
  expect(found.damaged).toBe(5);
  expect(found.events).toEqual([{ e: "import", t: 1, name: "kept", process: "10-1" }]);
});

test("other files, folders and links to nowhere in the spool are left alone", () => {
  writeFileSync(join(folder, "notes.txt"), imported("no"));
  writeFileSync(join(folder, "10-1.jsonl"), imported("yes"));
  expect(names(createSpoolReader(folder).read(false).events)).toEqual(["yes"]);
});

test("reads a big spool in bounded calls and passes over a line beyond all measure", () => {
  const many = 40_000;
  const lines = Array.from({ length: many }, (_, index) => imported(`module_${index}`));
  writeFileSync(join(folder, "10-1.jsonl"), `${"x".repeat(3 << 20)}\n${lines.join("")}`);
  writeFileSync(join(folder, "11-1.jsonl"), imported("last"));
  let reader = createSpoolReader(folder);
  const seen: unknown[] = [];
  let damaged = 0;
  for (let more = true; more; ) {
    const part = reader.read(false);
    seen.push(...names(part.events));
    damaged += part.damaged;
    more = part.more;
    reader = createSpoolReader(folder, JSON.parse(JSON.stringify(reader.checkpoint())));
  }
  expect(damaged).toBe(1);
  expect(seen).toHaveLength(many + 1);
  expect(new Set(seen).size).toBe(many + 1);
});
