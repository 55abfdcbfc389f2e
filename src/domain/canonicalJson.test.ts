import { expect, test } from "vitest";
import { canonicalJson } from "./canonicalJson";

test("numbers are written as RFC 8785 says", () => {
  // Of its appendix B, by the bits of the number.
  const numbers: [string, string][] = [
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["41b3de4355555554", "333333333.33333325"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
  ];
  for (const [bits, text] of numbers) expect(canonicalJson(Buffer.from(bits, "hex").readDoubleBE())).toBe(text);
});

test("members are in the order of the UTF-16 units of their names", () => {
  // The example of RFC 8785, section 3.2.3: the emoji's surrogates come before the Hebrew letter.
  const names = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
  const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"];
  const text = canonicalJson(Object.fromEntries(names.map((name) => [name, null])));
  expect(
    Object.keys(JSON.parse(text.replace('"1":', '"x1":')) as object).map((name) => name.replace("x1", "1")),
  ).toEqual(sorted);
});

test("texts, lists and nested members have one form, and undefined members none", () => {
  const value = {
    literals: [null, true, false],
    string: "\u20ac$\u000f\nA'\"\\/",
    a: { c: undefined, b: [1, undefined] },
  };
  expect(canonicalJson(value)).toBe(
    '{"a":{"b":[1,null]},"literals":[null,true,false],"string":"€$\\u000f\\nA\'\\"\\\\/"}',
  );
  expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
});

test("what JSON has not is refused", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, 1n]) {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  }
});
