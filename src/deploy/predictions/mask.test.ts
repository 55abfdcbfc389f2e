import { expect, test } from "vitest";
import { maskInputs, maskOutputs } from "./mask";

const number = { type: "double" as const, required: true };
const schema = { columns: ["age", "income", "id_card"].map((name) => ({ name, ...number })) };
const mask = (body: unknown, input: typeof schema | null = schema) => {
  const masked = maskInputs(["income", "id_*"], input)(JSON.stringify(body));
  return masked === null ? null : JSON.parse(masked);
};

test.each([
  [{ dataframe_records: [{ age: 1, income: 2 }] }, { dataframe_records: [{ age: 1, income: "***" }] }],
  [
    { dataframe_split: { columns: ["income", "age"], data: [[1, 2]] } },
    { dataframe_split: { columns: ["income", "age"], data: [["***", 2]] } },
  ],
  [{ inputs: { age: [1], id_card: ["x"] } }, { inputs: { age: [1], id_card: "***" } }],
  [{ instances: [[1, 2, 3]] }, { instances: [[1, "***", "***"]] }],
  [{ instances: [{ age: 1, Income: 3 }] }, { instances: [{ age: 1, Income: "***" }] }],
  [
    { inputs: [{ name: "input-0", shape: [2, 3], datatype: "FP64", data: [1, 2, 3, 4, 5, 6] }] },
    { inputs: [{ name: "input-0", shape: [2, 3], datatype: "FP64", data: [1, "***", "***", 4, "***", "***"] }] },
  ],
  [{ inputs: [{ name: "income", shape: [1], data: [9] }] }, { inputs: [{ name: "income", shape: [1], data: "***" }] }],
  [
    { instances: [{ a: { income: [1] } }], parameters: { top: 3 } },
    { instances: [{ a: { income: "***" } }], parameters: { top: 3 } },
  ],
  [{ dataframe_records: [["Ann", 3, "x"]] }, { dataframe_records: [["Ann", "***", "***"]] }],
  [{ data: [["Ann", 3, "x"]] }, { data: [["Ann", "***", "***"]] }],
  [{ data: { income: [1], age: [[2, 3]] } }, { data: { income: "***", age: [[2, 3]] } }],
  [
    { dataframe_split: { columns: [0, 1, 2], index: ["Ann"], data: [[1, 2, 3]] } },
    { dataframe_split: { columns: [0, 1, 2], index: "***", data: [[1, "***", "***"]] } },
  ],
  [{ inputs: [{ name: "age", shape: [2], data: [4, 5] }] }, { inputs: [{ name: "age", shape: [2], data: [4, 5] }] }],
  [{ instances: [[{ income: 1 }, 2, 3]] }, { instances: [[{ income: "***" }, "***", "***"]] }],
])("%j", (body, masked) => {
  expect(mask(body)).toEqual(masked);
});

test("what cannot be told apart is not kept", () => {
  expect(mask({ instances: [[1, 2, 3]] }, null)).toBeNull();
  expect(mask({ instances: [[1, 2]] })).toBeNull();
  expect(mask([1, 2])).toBeNull();
  expect(mask({ inputs: [{ name: "x", shape: [1, 4], data: [1, 2, 3, 4] }] })).toBeNull();
  const bodies = [
    { data: [["Ann", 3]] },
    { dataframe_records: [["Ann", 3]] },
    { dataframe_split: { columns: [0, 1], data: [["Ann", 3]] } },
    { inputs: [{ name: "input-0", shape: [2], data: ["Ann", 3] }] },
    { inputs: [{ name: "input-0", shape: [2, 1], data: ["Ann", "Bea"] }] },
    { table: { rows: [["Ann", 3]] } },
    { Inputs: ["Ann"] },
    { inputs: 5 },
    { data: "Ann" },
    ["Ann"],
    "Ann",
    5,
  ];
  for (const body of bodies) {
    expect([body, mask(body)]).toEqual([body, null]);
    expect([body, mask(body, null)]).toEqual([body, null]);
  }
  expect(maskInputs(["a"], null)("a,b\n1,2", "text/csv")).toBeNull();
  expect(maskInputs(["a"], null)("{")).toBeNull();
  expect(maskInputs(["a"], null)("[".repeat(100_000) + "]".repeat(100_000))).toBeNull();
});

test("names of the language itself are names like any other", () => {
  const body = '{"dataframe_records":[{"__proto__":1,"income":2}]}';
  expect(maskInputs(["income"], null)(body)).toBe('{"dataframe_records":[{"__proto__":1,"income":"***"}]}');
});

test("of a single column, values need no name", () => {
  const one = { columns: [{ name: "text", ...number }] };
  expect(mask({ inputs: ["a", "b"] }, one)).toEqual({ inputs: ["a", "b"] });
  expect(maskInputs(["text"], one)('{"inputs":["a"]}')).toBe('{"inputs":["***"]}');
  expect(maskInputs(["text"], one)('"a"')).toBe('"***"');
  expect(maskInputs(["text"], one)('{"inputs":[{"name":"input-0","shape":[2],"data":["a","b"]}]}')).toBe(
    '{"inputs":[{"name":"input-0","shape":[2],"data":["***","***"]}]}',
  );
});

test("tensors of the model are told by their names", () => {
  const tensor = (name: string | null) => ({ name, dtype: "float32", shape: [-1, 2] });
  const hide = maskInputs(["face"], { tensors: [tensor("face"), tensor("age"), tensor(null)] });
  expect(hide('{"inputs":{"face":[[1,2]],"age":[[3,4]]}}')).toBe('{"inputs":{"face":"***","age":[[3,4]]}}');
  expect(hide('{"inputs":[{"name":"age","shape":[1,2],"data":[3,4]}]}')).toContain("[3,4]");
  expect(hide('{"inputs":[{"name":"input-0","shape":[1,2],"data":[3,4]}]}')).toBeNull();
});

test("answers are kept as they are, but for names that are hidden", () => {
  const hide = maskOutputs(["income"]);
  expect(hide('{"predictions":[[0.1,0.9],[0.4,0.6]]}')).toBe('{"predictions":[[0.1,0.9],[0.4,0.6]]}');
  expect(hide('{"predictions":[{"income":3,"risk":1}]}')).toBe('{"predictions":[{"income":"***","risk":1}]}');
});
