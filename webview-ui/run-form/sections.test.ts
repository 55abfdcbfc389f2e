import { expect, test } from "vitest";
import { countArguments, type Level, levelsOf } from "./sections";
import { argumentOf, scriptOf } from "./testScript";

const train = { name: "train", help: "", arguments: [argumentOf("lr", { id: "train/lr" })], subcommands: null };
const script = scriptOf(
  [
    argumentOf("out_dir", { group: "Output" }),
    argumentOf("cpu", { exclusive: 1 }),
    argumentOf("seed", { help: "Start of the random numbers" }),
    argumentOf("gpu", { exclusive: 1 }),
    argumentOf("data", { flags: [] }),
  ],
  { required: false, commands: [train] },
);

/** Titles, and the destinations of each block. */
const shape = (levels: readonly Level[]) =>
  levels.map(({ command, sections }) => [
    command.name,
    sections.map(({ title, blocks }) => [title, blocks.map((block) => block.map(({ dest }) => dest).join("|"))]),
  ]);

test("positional arguments, options, then groups; what excludes each other stands together", () => {
  expect(shape(levelsOf(script, [], ""))).toEqual([
    [
      "",
      [
        ["Positional arguments", ["data"]],
        ["Options", ["cpu|gpu", "seed"]],
        ["Output", ["out_dir"]],
      ],
    ],
  ]);
});

test("a chosen subcommand follows", () => {
  const levels = levelsOf(script, ["train"], "");
  expect(shape(levels)[1]).toEqual(["train", [["Options", ["lr"]]]]);
  expect(countArguments(levels)).toBe(6);
});

test.each<[string, string[]]>([
  ["", ["data", "cpu", "gpu", "seed", "out_dir"]],
  ["out_dir", ["out_dir"]],
  ["OUT-DIR", ["out_dir"]],
  ["random", ["seed"]],
  [" numbers  seed ", ["seed"]],
  ["output dir", ["out_dir"]],
  ["pu", ["cpu", "gpu", "out_dir"]],
  ["seed gpu", []],
])("the filter %j finds %j", (filter, found) => {
  const blocks = levelsOf(script, [], filter).flatMap(({ sections }) => sections.flatMap((section) => section.blocks));
  expect(blocks.flat().map(({ dest }) => dest)).toEqual(found);
});
