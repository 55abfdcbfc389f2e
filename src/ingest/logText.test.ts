import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLogText } from "./logText";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function log(content: string | Uint8Array): string {
  const path = join(folder, "output.log");
  writeFileSync(path, content);
  return path;
}

test("a log that is not there yet is empty", async () => {
  expect(await readLogText(join(folder, "none"), 10)).toEqual({ text: "", size: 0, skipped: 0 });
});

test("a small log is shown whole, overwritten lines as they ended", async () => {
  expect(await readLogText(log("1%\r100%\r\ndone\r\n"), 100)).toEqual({ text: "100%\ndone\n", size: 15, skipped: 0 });
});

test("of a large one the last whole lines", async () => {
  expect(await readLogText(log("first\nsecond\nthird\n"), 10)).toEqual({ text: "third\n", size: 19, skipped: 13 });
});

test("of one endless line the last whole characters", async () => {
  expect(await readLogText(log("ééé"), 3)).toEqual({ text: "é", size: 6, skipped: 4 });
});

test("a line end at the very end is not all there is", async () => {
  expect(await readLogText(log("abcdef\n"), 4)).toEqual({ text: "def\n", size: 7, skipped: 3 });
});

test("bytes that are no text do not stop it", async () => {
  expect((await readLogText(log(Uint8Array.of(0x61, 0xff, 0xfe, 0x62)), 10)).text).toBe("a\uFFFD\uFFFDb");
});
