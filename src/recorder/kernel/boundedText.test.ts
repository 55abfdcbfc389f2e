import { expect, test } from "vitest";
import { boundedText } from "./boundedText";

test("text that fits is shown as it comes", () => {
  const room = { left: 100 };
  const text = boundedText(room);
  expect(text.push("one\n")).toBe("one\n");
  expect(text.push("two\n")).toBe("two\n");
  expect(text.finish(true)).toBe("");
  expect([text.shown, room.left]).toEqual(["one\ntwo\n", 92]);
});

test("of a progress bar only the last state stays, and it takes room only once", () => {
  const room = { left: 100 };
  const text = boundedText(room);
  expect(text.push("start\n 10%\r 20%\r 30%")).toBe("start\n\r 30%");
  for (let percent = 31; percent <= 99; percent++) text.push(`\r ${percent}%`);
  expect(text.shown).toBe("start\n\r 99%");
  expect(room.left).toBe(100 - text.shown.length);
});

test("lines of Windows are lines", () => {
  const text = boundedText({ left: 100 });
  text.push("one\r\ntwo\r\n");
  expect(text.shown).toBe("one\r\ntwo\r\n");
});

test("of too much, the beginning and the end are shown, and between them what was cut", () => {
  const text = boundedText({ left: 1_000 });
  const line = `${"x".repeat(99)}\n`;
  for (let count = 0; count < 20_000; count++) text.push(line);
  expect(text.push("the end\n")).toBe("");
  const last = text.finish(true);
  expect(last).toMatch(/^\n\[… 1\.9 MB more: the run's log has all of it …\]\n/);
  expect(last.endsWith("the end\n")).toBe(true);
  expect(text.shown.length).toBeLessThan(52_000);
});
