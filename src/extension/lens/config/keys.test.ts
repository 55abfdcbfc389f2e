import { expect, test } from "vitest";
import { configKeys } from "./keys";

/** "name = written @ line" */
async function read(path: string, text: string): Promise<string[]> {
  const keys = await configKeys(path, text);
  return keys.map(({ name, end, written }) => `${name} = ${written} @ ${text.slice(0, end).split("\n").length}`);
}

test("YAML: nested settings, lists and flow mappings", async () => {
  const text = [
    "# comment",
    "lr: 0.10",
    "train:",
    "  epochs: 5   # so many",
    '  "batch size": 32',
    "  layers: [64, 32]",
    "  names:",
    "    - a",
    "    - b",
    "model: {kind: cnn, depth: 3}",
    "empty: {}",
    "none:",
  ].join("\n");
  expect(await read("params.yaml", text)).toEqual([
    "lr = 0.1 @ 2",
    "train.epochs = 5 @ 4",
    "train.batch size = 32 @ 5",
    "train.layers = [64,32] @ 6",
    'train.names = ["a","b"] @ 7',
    "model.kind = cnn @ 10",
    "model.depth = 3 @ 10",
    "empty = {} @ 11",
    "none = null @ 12",
  ]);
});

test("a file of another name stands before its settings", async () => {
  expect(await read("conf/model.yaml", "lr: 1")).toEqual(["conf/model.yaml:lr = 1 @ 1"]);
  expect(await read("sub/params.json", '{"lr": 1}')).toEqual(["lr = 1 @ 1"]);
});

test("JSON, also with tabs and while it is typed", async () => {
  const text = '{\n\t"lr": 0.1,\n\t"train": {\n\t\t"epochs": 5,\n\t\t"on": true\n\t}\n}';
  expect(await read("params.json", text)).toEqual(["lr = 0.1 @ 2", "train.epochs = 5 @ 4", "train.on = true @ 5"]);
  expect(await read("params.json", '{"lr": 0.1, "ep')).toContain("lr = 0.1 @ 1");
  expect(await read("params.yaml", "lr: 1\nbroken: [1,\n")).toContain("lr = 1 @ 1");
  expect(await read("params.yaml", "just text")).toEqual([]);
});

test("TOML: sections, dotted and quoted names, values over several lines", async () => {
  const text = [
    'title = "a # b" # comment',
    "[train]",
    "lr = 1_000.50",
    "opt.\"my key\" = 'x'",
    "layers = [",
    "  64,",
    "  fake = 3,",
    "]",
    'text = """',
    "fake = 1",
    '"""',
    "[[stages]]",
    "ignored = 1",
    "[ model . head ]",
    "on = true",
  ].join("\n");
  expect(await read("params.toml", text)).toEqual([
    "title = a # b @ 1",
    "train.lr = 1000.5 @ 3",
    "train.opt.my key = x @ 4",
    "train.layers = null @ 5",
    "train.text = null @ 9",
    "model.head.on = true @ 15",
  ]);
});
