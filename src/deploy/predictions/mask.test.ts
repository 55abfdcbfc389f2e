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
])("%j", (body, masked) => {
  expect(mask(body)).toEqual(masked);
});

test("what cannot be told apart is not kept", () => {
  expect(mask({ instances: [[1, 2, 3]] }, null)).toBeNull();
  expect(mask({ instances: [[1, 2]] })).toBeNull();
  expect(mask([1, 2])).toBeNull();
  expect(mask({ inputs: [{ name: "x", shape: [1, 4], data: [1, 2, 3, 4] }] })).toBeNull();
  expect(maskInputs(["a"], null)("a,b\n1,2", "text/csv")).toBeNull();
  expect(maskInputs(["a"], null)("{")).toBeNull();
  expect(maskInputs(["a"], null)("[".repeat(100_000) + "]".repeat(100_000))).toBeNull();
});

test("names of the language itself are names like any other", () => {
  const body = '{"dataframe_records":[{"__proto__":1,"income":2}]}';
  expect(maskInputs(["income"], null)(body)).toBe('{"dataframe_records":[{"__proto__":1,"income":"***"}]}');
});

test("answers are kept as they are, but for names that are hidden", () => {
  const hide = maskOutputs(["income"]);
  expect(hide('{"predictions":[[0.1,0.9],[0.4,0.6]]}')).toBe('{"predictions":[[0.1,0.9],[0.4,0.6]]}');
  expect(hide('{"predictions":[{"income":3,"risk":1}]}')).toBe('{"predictions":[{"income":"***","risk":1}]}');
});
