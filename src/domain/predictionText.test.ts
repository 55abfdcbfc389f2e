import { expect, test } from "vitest";
import { inputsInShort, outputsInShort } from "./predictionText";

test.each<[what: string, body: unknown, text: string]>([
  ["MLflow's table", { dataframe_split: { columns: ["age", "job"], data: [[41, "cook"]] } }, "age=41, job=cook"],
  ["a table of several rows", { dataframe_split: { columns: ["age"], data: [[1], [2], [3]] } }, "age=1 and 2 more"],
  ["a table without names", { dataframe_split: { data: [[1, null]] } }, "1, null"],
  ["records", { dataframe_records: [{ age: 41, tags: ["a", "b"] }, { age: 2 }] }, 'age=41, tags=["a","b"] and 1 more'],
  ["rows", { inputs: [[14.2, 1.7]] }, "14.2, 1.7"],
  ["columns", { inputs: { age: [41], job: ["cook"] } }, "age=41, job=cook"],
  ["instances", { instances: [[1, 2], [3]] }, "1, 2 and 1 more"],
  ["tensors", { inputs: [{ name: "x", shape: [2], datatype: "FP64", data: [1, 2] }] }, "x=[1,2]"],
  ["single values", { inputs: [3] }, "3"],
  [
    "what was hidden",
    { dataframe_split: { columns: ["age"], data: "***" } },
    '{"dataframe_split":{"columns":["age"],"data":"***"}}',
  ],
  ["no rows", { inputs: [] }, '{"inputs":[]}'],
])("asked by %s", (_, body, text) => expect(inputsInShort(JSON.stringify(body))).toBe(text));

test.each<[what: string, body: unknown, text: string]>([
  ["one value", { predictions: [2] }, "2"],
  ["several", { predictions: [2, 1, 0] }, "2 and 2 more"],
  ["chances", { predictions: [[0.1, 0.9]] }, "0.1, 0.9"],
  ["records", { predictions: [{ label: "red", chance: 0.9 }] }, "label=red, chance=0.9"],
  ["parts", { predictions: { label: ["red"], chance: [0.9] } }, "label=red, chance=0.9"],
  ["tensors", { model_name: "wine", outputs: [{ name: "output", data: [2] }] }, "output=2"],
  ["an error", { error: "no" }, '{"error":"no"}'],
])("answered by %s", (_, body, text) => expect(outputsInShort(JSON.stringify(body))).toBe(text));

test.each(["age,job\n41,cook\n", "", "{", "null", "[1]"])("%j stands as it is", (body) => {
  expect([inputsInShort(body), outputsInShort(body)]).toEqual([body, body]);
});
