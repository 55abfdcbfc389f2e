import { expect, test } from "vitest";
import { quotedWords } from "./commandPreview";
import { argumentOf, filled, scriptOf } from "./testScript";

const script = scriptOf([argumentOf("data", { flags: [] }), argumentOf("layers", { input: "list", nargs: "+" })]);
const words = (values: Record<string, string>, extra = "") =>
  quotedWords(["python", "my train.py"], script, filled(values, { extra }));

test("each word as a shell would take it", () => {
  expect(words({ data: "a b", layers: "64 32" }, "--x=1 '$HOME'")).toEqual([
    "python",
    "'my train.py'",
    "'a b'",
    "--layers",
    "64",
    "32",
    "--x=1",
    "'$HOME'",
  ]);
});

test("nothing while a quote is open", () => {
  expect(words({ layers: "'64" })).toBeNull();
  expect(words({}, '"')).toBeNull();
});
