/** The words that are built are given to argparse itself: it must understand what was filled in. */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { buildArguments, checkArguments, type FilledArguments, nothingFilled } from "../../protocol/commandLine";
import { readArguments } from "./readArguments";

const SCRIPT = `
import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("files", nargs="*")
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("-n", type=int)
parser.add_argument("--name")
parser.add_argument("--layers", type=int, nargs="+")
parser.add_argument("--betas", type=float, nargs=2)
parser.add_argument("--tag", action="append")
parser.add_argument("--pair", action="append", nargs=2)
parser.add_argument("--opt", choices=["adam", "sgd"])
parser.add_argument("-v", "--verbose", action="count")
parser.add_argument("--fast", action="store_true")
parser.add_argument("--cache", action=argparse.BooleanOptionalAction)
parser.add_argument("--save", nargs="?", const="here")
either = parser.add_mutually_exclusive_group()
either.add_argument("--cpu", action="store_true")
either.add_argument("--gpu", action="store_true")
print(json.dumps({k: v for k, v in vars(parser.parse_args()).items() if v not in (None, False, [])}))
`;

const COMMANDS = `
import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("--seeds", nargs="+")
parser.add_argument("--debug", action="store_true")
commands = parser.add_subparsers(dest="command", required=True)
train = commands.add_parser("train")
train.add_argument("--lr", type=float, required=True)
train.add_argument("rest", nargs="...")
commands.add_parser("test")
print(json.dumps(vars(parser.parse_args())))
`;

const fill = (filled: Partial<FilledArguments>): FilledArguments => ({ ...nothingFilled, ...filled });
const words = (source: string, filled: Partial<FilledArguments>) => buildArguments(readArguments(source), fill(filled));
const parsed = (source: string, filled: Partial<FilledArguments>) =>
  JSON.parse(execFileSync("python3", ["-", ...words(source, filled)], { input: source, encoding: "utf8" }));
const faults = (source: string, filled: Partial<FilledArguments>) =>
  checkArguments(readArguments(source), fill(filled));

describe("argparse understands", () => {
  test.each<[string, FilledArguments["values"], object]>([
    ["a positional", { data: "d.csv" }, { data: "d.csv" }],
    ["an empty text as not given", { name: "" }, {}],
    [
      "several positionals and a greedy option",
      { files: "a 'b c'", layers: "1 2" },
      { files: ["a", "b c"], layers: [1, 2] },
    ],
    ["a negative number", { lr: "-0.5", n: "-3" }, { lr: -0.5, n: -3 }],
    ["a negative exponent", { lr: "-1e-3" }, { lr: -0.001 }],
    ["a value with a dash", { name: "--x y", files: "a" }, { name: "--x y", files: ["a"] }],
    ["a positional with a dash", { data: "-d", fast: true }, { data: "-d", fast: true }],
    ["a fixed number", { betas: "0.9 -0.99" }, { betas: [0.9, -0.99] }],
    ["repeated values", { tag: "a 'b c' -d" }, { tag: ["a", "b c", "-d"] }],
    [
      "repeated groups",
      { pair: "a b c d" },
      {
        pair: [
          ["a", "b"],
          ["c", "d"],
        ],
      },
    ],
    ["a choice", { opt: "sgd" }, { opt: "sgd" }],
    ["a count", { verbose: "3" }, { verbose: 3 }],
    ["a flag", { fast: true }, { fast: true }],
    ["a flag not given", { fast: false }, {}],
    ["yes", { cache: true }, { cache: true }],
    ["an optional value", { save: "there", files: "a" }, { save: "there", files: ["a"] }],
    ["names that would be shell syntax", { name: "$(id); rm *" }, { name: "$(id); rm *" }],
  ])("%s", (_, values, expected) => {
    expect(parsed(SCRIPT, { values: { data: "x", ...values } })).toEqual({ data: "x", lr: 0.1, ...expected });
  });

  test("no", () => {
    expect(words(SCRIPT, { values: { data: "x", cache: false } })).toEqual(["x", "--no-cache"]);
  });

  test("extra words", () => {
    expect(parsed(SCRIPT, { values: { data: "x" }, extra: "--name 'a b'" })).toMatchObject({ name: "a b" });
  });

  test.each<[string, Partial<FilledArguments>, object]>([
    ["the command after a flag", { values: { debug: true, "train/lr": "1" } }, { seeds: null, debug: true }],
    [
      "the command after a greedy option and a flag",
      { values: { seeds: "1 2", debug: true, "train/lr": "1" } },
      { seeds: ["1", "2"] },
    ],
    ["the rest", { values: { "train/lr": "2", "train/rest": "a -b" } }, { lr: 2, rest: ["a", "-b"] }],
  ])("%s", (_, filled, expected) => {
    expect(parsed(COMMANDS, { commands: ["train"], ...filled })).toMatchObject({ command: "train", ...expected });
  });
});

describe("faults", () => {
  test.each<[string, Partial<FilledArguments>, object]>([
    ["nothing wrong", { values: { data: "x" } }, {}],
    ["a required value", {}, { data: "A value is required." }],
    ["a float for an integer", { values: { data: "x", n: "1.5" } }, { n: "“1.5” is not a whole number." }],
    ["a word for a number", { values: { data: "x", lr: "high" } }, { lr: "“high” is not a number." }],
    ["a number in any of Python's forms", { values: { data: "x", lr: "1_0.5e-3", betas: "nan -inf" } }, {}],
    ["the number of values", { values: { data: "x", betas: "1" } }, { betas: "Takes 2 values, separated by spaces." }],
    ["a choice that is none", { values: { data: "x", opt: "rms" } }, { opt: "Must be one of adam, sgd." }],
    [
      "exclusive flags",
      { values: { data: "x", cpu: true, gpu: true } },
      { gpu: "Cannot be used together with --cpu." },
    ],
    ["an open quote", { values: { data: "x", layers: "'1" } }, { layers: "A quote (') is not closed." }],
    [
      "an open quote in the extra words",
      { values: { data: "x" }, extra: '"' },
      { "/extra": 'A quote (") is not closed.' },
    ],
  ])("%s", (_, filled, expected) => {
    expect(faults(SCRIPT, filled)).toEqual(expected);
  });

  test("a required command, then its own arguments", () => {
    expect(faults(COMMANDS, {})).toEqual({ "/commands": "Choose a command." });
    expect(faults(COMMANDS, { commands: ["train"] })).toEqual({ "train/lr": "A value is required." });
    expect(faults(COMMANDS, { commands: ["gone"] })).toEqual({ "/commands": "Choose a command." });
  });
});
