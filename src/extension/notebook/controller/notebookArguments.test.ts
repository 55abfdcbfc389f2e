import { expect, test } from "vitest";
import { buildArguments } from "../../../protocol/commandLine";
import { ScriptArguments } from "../../../protocol/scriptArguments";
import { notebookArguments } from "./notebookArguments";

const cell = (source: string, ...tags: string[]) => ({
  id: source,
  kind: "code" as const,
  language: "python",
  source,
  tags,
});

test("what the cell of parameters assigns can be filled in, and becomes words behind the notebook", () => {
  const source = "lr = 0.1\ndepth = 3  # of each tree\nname = 'wide'\nfast = True";
  const read = notebookArguments({ cells: [cell("other = 1"), cell(source, "parameters")], metadata: {} });
  expect(ScriptArguments.parse(read)).toEqual(read);
  expect(read.command.arguments.map(({ id, input, default: value }) => [id, input, value?.text])).toEqual([
    ["lr", "number", "0.1"],
    ["depth", "number", "3"],
    ["name", "text", "wide"],
    ["fast", "choice", "True"],
  ]);
  const filled = { values: { lr: "0.5", name: "a b", depth: "" }, commands: [], extra: "" };
  expect(buildArguments(read, filled)).toEqual(["--lr", "0.5", "--name", "a b"]);
});

test("without such a cell the form says how to have one", () => {
  expect(notebookArguments({ cells: [cell("x = 1")], metadata: {} })).toMatchObject({
    command: { arguments: [] },
    notes: [expect.stringContaining("tagged")],
  });
});
