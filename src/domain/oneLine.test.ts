import { expect, test } from "vitest";
import { oneLine } from "./oneLine";

test("a text is one line, of bounded length, and turns nothing around", () => {
  expect(oneLine("x".repeat(10_000))).toBe(`${"x".repeat(300)}…`);
  expect(oneLine("a\nb\tc\u2028d")).toBe("a b c d");
  expect(oneLine("run \u202egpj.exe\u0007")).toBe("run \ufffdgpj.exe\ufffd");
  expect(oneLine("\u2067a\u2069 \u061cb")).toBe("\ufffda\ufffd \ufffdb");
  expect(oneLine("שלום, 世界")).toBe("שלום, 世界");
});
