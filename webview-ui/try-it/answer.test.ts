import { expect, test } from "vitest";
import { readAnswer, statusInWords, timeInWords } from "./answer";

const ok = (body: unknown) => readAnswer({ status: 200, body: JSON.stringify(body) });
const bad = (status: number, body: string) => readAnswer({ status, body });

test("predictions are read one by one", () => {
  expect(ok({ predictions: [1, "red", [0.1, 0.9]] }).predictions).toEqual(["1", "red", "[0.1,0.9]"]);
  expect(ok({ predictions: [] }).predictions).toBeNull();
  expect(ok({ predictions: Array(51).fill(0) }).predictions).toBeNull();
  expect(ok({ outputs: [1] })).toEqual({ predictions: null, problem: null, text: '{\n  "outputs": [\n    1\n  ]\n}' });
});

test.each([
  ['{"error_code":"BAD_REQUEST","message":"no column alcohol"}', "no column alcohol"],
  ['{"error":"model is not ready"}', "model is not ready"],
  ['{"detail":[{"loc":["body"],"msg":"x","message":"must be a number"}]}', "must be a number"],
  ['{"error":{"code":3,"message":"quota"}}', "quota"],
  ["{}", null],
  ["<h1>Bad Gateway</h1>", "<h1>Bad Gateway</h1>"],
  ["", null],
])("what is wrong is found in %s", (body, problem) => expect(bad(422, body).problem).toBe(problem));

test("a body that is no JSON is shown as it is", () => {
  expect(readAnswer({ status: 200, body: "plain" })).toEqual({ predictions: null, problem: null, text: "plain" });
});

test("status and time in words", () => {
  expect(statusInWords(422)).toBe("422 Input Refused");
  expect(statusInWords(418)).toBe("418");
  expect([timeInWords(3.1408), timeInWords(1234)]).toEqual(["3.14 ms", "1.23 s"]);
});
