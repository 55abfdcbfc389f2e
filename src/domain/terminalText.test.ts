import { expect, test } from "vitest";
import { terminalText } from "./terminalText";

test.each([
  ["plain text", "a\nb\n", "a\nb\n"],
  ["a terminal's line ends", "a\r\nb\r\n", "a\nb\n"],
  ["a progress bar", "10%\r20%\r100%\ndone\n", "100%\ndone\n"],
  ["a shorter text over a longer one", "loading\rok\n", "okading\n"],
  ["a line erased before it is written again", "loading\r\x1b[Kok\n", "ok\n"],
  ["a whole line erased", "loading\x1b[2K\rok", "ok"],
  ["colours", "\x1b[1;31mred\x1b[0m text\x1b[m", "red text"],
  ["titles and links", "\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "alink"],
  ["backspace", "abc\b\bX", "aXc"],
  ["nested bars", "outer 1\ninner 1\x1b[A\router 2\n\rinner 2\n", "outer 2\ninner 2\n"],
  ["a block drawn again", "a\nb\n\x1b[2F\x1b[Jc\nd\n", "c\nd\n"],
  ["cursor to a column", "abc\x1b[1GX\x1b[5GY", "Xbc Y"],
  ["a screen cleared keeps what was said", "a\x1b[2Jb", "ab"],
  ["a cursor moved above the start", "\x1b[99Aa", "a"],
  ["a sequence cut off", "a\x1b[3", "a"],
  ["a lone escape", "a\x1b", "a"],
  ["nothing", "", ""],
])("%s", (_, log, shown) => {
  expect(terminalText(log)).toBe(shown);
});

test("many lines keep their order", () => {
  const lines = Array.from({ length: 1500 }, (_, index) => `line ${index}\n`).join("");
  expect(terminalText(lines)).toBe(lines);
});

test("a cursor sent far away needs no memory for it", () => {
  expect(terminalText("\x1b[999999999Ca").length).toBeLessThan(20_000);
});

test("a long line of progress stays one line", () => {
  const log = Array.from({ length: 100_000 }, (_, index) => `\r${String(index).padStart(6)}`).join("");
  expect(terminalText(log)).toBe(" 99999");
});
