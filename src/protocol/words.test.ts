import { expect, test } from "vitest";
import { joinWords, splitWords } from "./words";

test.each([
  ["", []],
  ["  a   b\tc\n", ["a", "b", "c"]],
  [`"a b" 'c d'`, ["a b", "c d"]],
  [`a"b c"d`, ["ab cd"]],
  [`""`, [""]],
  [String.raw`a\ b \" \\`, ["a b", '"', "\\"]],
  [String.raw`"say \"hi\""`, ['say "hi"']],
  [String.raw`'a\b'`, [String.raw`a\b`]],
  [String.raw`C:\data\new`, [String.raw`C:\data\new`]],
  ["--x={1,2} $HOME *", ["--x={1,2}", "$HOME", "*"]],
])("%j", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test("an open quote is told", () => {
  expect(() => splitWords("'a")).toThrow("A quote (') is not closed.");
});

test.each([[["a", "b c", "", "it's", "--x=1", "$(rm)", "a\nb", "é", "\\"]]])(
  "joined words split again to the same",
  (words) => {
    expect(splitWords(joinWords(words).replaceAll("'\\''", `'"'"'`))).toEqual(words);
  },
);
