import { describe, expect, test } from "vitest";
import { parseJson, toInt64, writeJson } from "./json";
import {
  messagesOf,
  optionalDouble,
  optionalEnum,
  optionalFlag,
  optionalInteger,
  requiredText,
  textOf,
  textsOf,
} from "./message";
import { makeRouter } from "./router";
import { startTestServer } from "./testServer";

describe("numbers", () => {
  test("whole ones of 64 bits come and go exactly", () => {
    const text = '{"step":9223372036854775807,"low":-9007199254740993,"small":7}';
    expect(parseJson(text)).toEqual({ step: 2n ** 63n - 1n, low: -9007199254740993n, small: 7 });
    expect(writeJson(parseJson(text))).toBe(text);
  });

  test("doubles with many digits stay doubles", () => {
    expect(parseJson('{"value":0.1234567890123456789,"big":1e300}')).toEqual({
      value: 0.12345678901234568,
      big: 1e300,
    });
    const text = '[12345678901234567890.5, "1234567890123456789"]';
    expect(parseJson(text)).toEqual([1.2345678901234567e19, "1234567890123456789"]);
  });

  test("what JSON has no number for is a text", () => {
    expect(writeJson({ a: Number.NaN, b: Infinity, c: -Infinity })).toBe('{"a":"NaN","b":"Infinity","c":"-Infinity"}');
    const message = { a: "NaN", b: "Infinity", c: "-Infinity", d: "0.5", e: 2n ** 60n };
    expect(["a", "b", "c", "d", "e"].map((name) => optionalDouble(message, name))).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
      0.5,
      2 ** 60,
    ]);
  });

  test("a double of ours never leaves what an int64 can be", () => {
    expect(toInt64(2 ** 63)).toBe(2n ** 63n - 1n);
    expect(toInt64(-(2 ** 70))).toBe(-(2n ** 63n));
    expect(toInt64(2 ** 60)).toBe(2n ** 60n);
    expect(toInt64(-5)).toBe(-5);
  });
});

describe("fields", () => {
  test("null and what is not there are the same, own properties only", () => {
    expect(textOf({ a: null }, "a")).toBe("");
    expect(textOf({}, "toString")).toBe("");
    expect(optionalInteger({ a: null }, "a")).toBeUndefined();
  });

  test("a query's texts are read as what they stand for", () => {
    const query = { max: "5", deep: "-3", yes: "True", no: "false", one: "a", more: ["a", "b"] };
    expect(optionalInteger(query, "max")).toBe(5);
    expect(optionalInteger(query, "deep")).toBe(-3);
    expect([optionalFlag(query, "yes"), optionalFlag(query, "no")]).toEqual([true, false]);
    expect([textsOf(query, "one"), textsOf(query, "more"), textsOf(query, "none")]).toEqual([["a"], ["a", "b"], []]);
  });

  test("an enum by its name or number", () => {
    const names = ["RUNNING", "SCHEDULED"] as const;
    expect(optionalEnum({ s: "SCHEDULED" }, "s", names)).toBe("SCHEDULED");
    expect(optionalEnum({ s: 1 }, "s", names)).toBe("RUNNING");
    expect(() => optionalEnum({ s: "DONE" }, "s", names)).toThrow(/Invalid value "DONE" for parameter 's'/);
  });

  test("what is missing or of another type is said in MLflow's words", () => {
    expect(() => requiredText({ run_id: "" }, "run_id")).toThrow(
      /^Missing value for required parameter 'run_id'\. See/,
    );
    expect(() => textOf({ key: 5 }, "key")).toThrow(/^Invalid value 5 for parameter 'key' supplied: Hint: Value was/);
    expect(() => optionalInteger({ step: 1.5 }, "step")).toThrow(/parameter 'step'/);
    expect(() => optionalDouble({ value: "" }, "value")).toThrow(/parameter 'value'/);
    expect(() => messagesOf({ tags: [1] }, "tags")).toThrow(/parameter 'tags'/);
  });
});

test("parts of a path are decoded once, and never reach beyond their part", () => {
  const handle = () => undefined;
  const router = makeRouter([
    { method: "GET", path: "/models/{id}", handle },
    { method: "GET", path: "/files/{*path}", handle },
  ]);
  expect(router.find("GET", "/models/a%2Fb%2520").path).toEqual({ id: "a/b%20" });
  expect(router.find("GET", "/files/a/b%20c").path).toEqual({ path: "a/b c" });
  expect(() => router.find("GET", "/models/a/b")).toThrow(/no endpoint/);
  expect(() => router.find("POST", "/models/a")).toThrow(/no endpoint/);
  expect(() => router.find("GET", "/models/%zz")).toThrow(/wrongly encoded/);
});

describe("bodies", () => {
  async function post(body: string) {
    const { uri } = await startTestServer();
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${uri}/api/2.0/mlflow/experiments/create`, { method: "POST", headers, body });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }

  test("JSON in a JSON string, as old clients send it", async () => {
    expect(await post(JSON.stringify('{"name":"a"}'))).toEqual({ status: 200, body: { experiment_id: "1" } });
  });

  test("unknown fields are passed over", async () => {
    expect((await post('{"name":"a","later":{"x":[1]}}')).status).toBe(200);
  });

  test.each(["{", "[]", "5", '"{"', '"5"', "null", "\u0000"])("%j is no message", async (body) => {
    const { status, body: error } = await post(body);
    expect([status, error.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });
});
