import { describe, expect, test } from "vitest";
import type { FilledValue } from "../../src/protocol/commandLine";
import type { ScriptArgument } from "../../src/protocol/scriptArguments";
import { splitWords } from "../../src/protocol/words";
import {
  choiceOf,
  choicesOf,
  computedDefault,
  hintOf,
  inputModeOf,
  isChanged,
  pathKind,
  placeholderOf,
  valueOfChoice,
  withPath,
} from "./argumentView";
import { argumentOf, computed, literal } from "./testScript";

const epochs = argumentOf("epochs", { input: "integer", type: "integer", default: literal("14") });
const optimizer = argumentOf("optimizer", { input: "choice", choices: ["adam", "sgd"], default: literal("adam") });
const loss = argumentOf("loss", { input: "choice", choices: ["ce", "focal"], required: true });
const cache = argumentOf("cache", { input: "boolean", negativeFlag: "--no-cache", default: literal("True") });
const verbose = argumentOf("verbose", { input: "count" });
const dryRun = argumentOf("dry_run", { input: "flag", default: literal("False") });
const workers = argumentOf("workers", { input: "integer", type: "integer", default: computed("os.cpu_count()") });

test.each<[string, ScriptArgument, FilledValue | undefined, boolean]>([
  ["nothing", epochs, undefined, false],
  ["an empty field", epochs, "", false],
  ["the default itself", epochs, "14", false],
  ["another value", epochs, "15", true],
  ["any value, when the default is computed", workers, "4", true],
  ["a flag given", dryRun, true, true],
  ["a flag not given", dryRun, false, false],
  ["yes, where that is the default", cache, true, false],
  ["no, where yes is the default", cache, false, true],
  ["a count of none", verbose, "0", false],
  ["a count", verbose, "2", true],
  ["a required value, which has no default", loss, "ce", false],
])("changed: %s", (_, argument, value, expected) => {
  expect(isChanged(argument, value)).toBe(expected);
});

test("an empty field shows the default, when it is known", () => {
  expect([epochs, workers, verbose, { ...epochs, required: true }].map(placeholderOf)).toEqual(["14", "", "0", ""]);
  expect([epochs, workers, { ...dryRun, default: computed("DRY") }].map(computedDefault)).toEqual([
    null,
    "os.cpu_count()",
    null,
  ]);
});

test.each<[Partial<ScriptArgument>, string | null]>([
  [{}, null],
  [{ input: "list", nargs: 2, type: "number" }, "2 numbers, separated by spaces"],
  [{ input: "list", nargs: "+", type: "integer" }, "One or more whole numbers, separated by spaces"],
  [{ input: "list", nargs: "*" }, "Any number of values, separated by spaces"],
  [{ input: "list", nargs: "+", choices: ["a", "b"] }, "One or more values, separated by spaces: a, b"],
])("hint for %j", (more, hint) => {
  expect(hintOf(argumentOf("x", more))).toBe(hint);
});

test("the keyboard of a touch screen fits", () => {
  const number = argumentOf("lr", { input: "number", type: "number" });
  expect([epochs, number, verbose, argumentOf("name")].map(inputModeOf)).toEqual([
    "numeric",
    "decimal",
    "numeric",
    "text",
  ]);
});

describe("choices", () => {
  const labels = (argument: ScriptArgument, value?: FilledValue) =>
    choicesOf(argument, value).map(({ label }) => label);

  test("the default is one of them", () => {
    expect(labels(optimizer)).toEqual(["adam (default)", "sgd"]);
    expect(choiceOf(optimizer, undefined)).toBe("adam");
    expect(valueOfChoice(optimizer, "adam")).toBeUndefined();
    expect(valueOfChoice(optimizer, "sgd")).toBe("sgd");
  });

  test("without one, nothing may be chosen, or something must", () => {
    expect(labels({ ...optimizer, default: null })).toEqual(["Not given", "adam", "sgd"]);
    expect(labels({ ...optimizer, default: computed("BEST") })).toEqual(["Default (computed)", "adam", "sgd"]);
    expect(labels(loss)).toEqual(["Choose…", "ce", "focal"]);
    expect(labels({ ...loss, default: literal("ce") })).toEqual(["Choose…", "ce", "focal"]);
    expect(choiceOf(loss, undefined)).toBe("");
    expect(valueOfChoice(loss, "")).toBeUndefined();
  });

  test("one that the script no longer has is still shown", () => {
    expect(labels(optimizer, "lion")).toEqual(["adam (default)", "sgd", "lion (no longer a choice)"]);
    expect(choiceOf(optimizer, "lion")).toBe("lion");
  });

  test("yes, no or neither", () => {
    expect(labels(cache)).toEqual(["Default (yes)", "Yes (--cache)", "No (--no-cache)"]);
    expect(labels({ ...cache, default: null })).toContain("Not given");
    for (const value of [undefined, true, false]) expect(valueOfChoice(cache, choiceOf(cache, value))).toBe(value);
  });
});

test.each([
  ["out_dir", "folder"],
  ["data_directory", "folder"],
  ["checkpoint_file", "file"],
  ["directories_file", "file"],
])("%s is a %s", (dest, kind) => {
  expect(pathKind(argumentOf(dest))).toBe(kind);
});

test("a picked path takes the place of a value, and is one more word of several", () => {
  const files = argumentOf("files", { input: "list", nargs: "*" });
  expect(withPath(argumentOf("file"), "old", "new one")).toBe("new one");
  expect(withPath(files, undefined, "a.csv")).toBe("a.csv");
  const paths = ["a.csv", "b c.csv", "it's.csv", String.raw`\\server\share\d.csv`, "é.csv"];
  const value = paths.reduce<string | undefined>((before, path) => withPath(files, before, path), undefined);
  expect(splitWords(value!)).toEqual(paths);
});
