/** Whatever is sent: an answer that says what is wrong, never the inside of the server, and never its end. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appForTest, type ServedApp, startApp } from "./app";
import { APP, pythonThatServes, runPython } from "./python";

const python = pythonThatServes();
const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-hostile-"));
const PATHS = ["/invocations", "/v1/models/wine:predict", "/v2/models/wine/infer"];
const ROUNDS = 600;

/** Where these packages are said not to be installed: their place is taken by slower ones. */
function withoutQuickOnes(): Record<string, string> {
  const stubs = mkdtempSync(path.join(tmpdir(), "modeltrail-without-"));
  for (const name of ["orjson", "httptools", "uvloop"])
    writeFileSync(path.join(stubs, `${name}.py`), "raise ModuleNotFoundError");
  return { PYTHONPATH: [stubs, APP].join(path.delimiter) };
}

beforeAll(async () => {
  if (python) await runPython(python, "make_bundles.py", folder, "mixed", "tensors", "unknown");
}, 300_000);

describe.skipIf(!python).each([
  ["the packages that make it quick", () => ({})],
  ["what Python has itself", withoutQuickOnes],
])("hostile requests, with %s", { timeout: 300_000 }, (_, environment) => {
  let app: ServedApp;
  let request: { dataframe_split: { columns: string[]; data: unknown[][] } };

  beforeAll(async () => {
    request = JSON.parse(readFileSync(path.join(folder, "mixed", "sample.json"), "utf8")).request;
    app = await startApp(python!, path.join(folder, "mixed"), ["--max-body", "2000000"], environment());
  }, 300_000);
  afterAll(() => app?.end());

  /** Refused with a message, and the next is answered as ever. */
  async function refuses(target: string, body: string | Buffer, type = "application/json"): Promise<void> {
    const told = await app.ask(target, body, { headers: { "content-type": type } });
    expect(told.status, `${told.text} for ${body.toString().slice(0, 80)}`).toBeGreaterThanOrEqual(400);
    expect(told.status, told.text).toBeLessThan(500);
    expect(told.json.message ?? told.json.error, told.text).toMatch(/\S/);
    expect(told.text).not.toMatch(/Traceback|site-packages|\.py\b/);
    expect((await app.ask("/invocations", request)).status).toBe(200);
  }

  test("texts that are no JSON, or too much of it", async () => {
    const deep = (one: string, other: string, times: number) => one.repeat(times) + other.repeat(times);
    const bodies = [
      "",
      "{",
      "null",
      "0",
      '""',
      "[]",
      "{}",
      deep("[", "]", 100_000),
      `{"inputs": ${deep("[", "]", 900)}}`,
      `{"instances": ${deep("[", "]", 100_000)}}`,
      `{"inputs": [${deep('{"a":', "1}", 50_000).slice(0, -50_000)}`,
      `{"inputs": [[NaN, Infinity, -Infinity]]}`,
      `{"inputs": [["Ulm", 1e999, 1]]}`,
      `{"inputs": [["Ulm", ${"9".repeat(5_000)}, 1]]}`,
      `{"inputs": [["Ulm", 1, 18446744073709551616]]}`,
      `{"inputs": [["\\ud800", 1, 1.5]]}`,
      `{"dataframe_records": [{"town": "Ulm", "town": 5, "size": 1, "count": 1}]}`,
      `{"dataframe_split": {"columns": [["a"], {}], "data": [[1, 2]]}}`,
      `{"dataframe_split": {"columns": {}, "data": 7}}`,
      `{"__proto__": 1, "instances": 1, "inputs": null}`,
      `{"inputs": [{"town": {"$ne": 1}, "size": [[[]]], "count": null}]}`,
      `{"inputs": [{"name": "x", "shape": [-1], "datatype": "FP64", "data": []}]}`,
      `{"inputs": [{"name": "x", "shape": [1e30], "datatype": "FP64", "data": []}]}`,
      `{"inputs": [{"name": "x", "shape": [4294967296, 4294967296], "datatype": "FP64", "data": [1]}]}`,
      `{"inputs": [{"name": "x", "shape": [1], "datatype": "FP16", "data": [1e30]}]}`,
      `{"inputs": [{"name": "x", "shape": [1], "datatype": "INT8", "data": [300]}]}`,
      `{"inputs": [{"name": "x", "shape": [1], "datatype": "BYTES", "data": [5]}]}`,
      Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
      Buffer.from('{"inputs": "\xe4"}', "latin1"),
      Buffer.alloc(100_000),
    ];
    for (const body of bodies) for (const target of PATHS) await refuses(target, body);
  });

  test("CSV that is none", async () => {
    for (const body of [
      "",
      "\n",
      "town,size\nUlm",
      'town,size,count\n"Ulm',
      "town,town,count\na,b,c",
      "town,size,count\n\0,,",
      Buffer.from([0xff]),
    ]) {
      await refuses("/invocations", body, "text/csv");
    }
  });

  test("requests made of the schema with anything in the wrong place", async () => {
    const random = generator(8);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const odd = [
      null,
      true,
      "",
      "x",
      "1",
      0,
      -0,
      1e308,
      -1,
      0.1,
      2 ** 53,
      [],
      {},
      [1],
      { a: 1 },
      "\u0000",
      "💥",
      "2026-13-45",
      "%%%",
    ];
    const { columns, data } = request.dataframe_split;
    const mutate = (value: unknown): unknown => {
      if (random() < 0.15) return pick(odd);
      if (Array.isArray(value))
        return value.flatMap((part) =>
          random() < 0.05 ? [] : random() < 0.05 ? [part, mutate(part)] : [mutate(part)],
        );
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(
        Object.entries(value).flatMap(([name, part]) =>
          random() < 0.05 ? [] : [[random() < 0.05 ? String(pick(odd)) : name, mutate(part)]],
        ),
      );
    };
    const records = data.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
    const tensors = columns.map((name, index) => ({
      name,
      shape: [data.length],
      datatype: index === 0 ? "BYTES" : "FP64",
      data: data.map((row) => row[index]),
    }));
    const good = [
      { dataframe_split: { columns, data } },
      { dataframe_records: records },
      { instances: data },
      { inputs: tensors },
    ];
    for (let round = 0; round < ROUNDS; round++) {
      const body = JSON.stringify(mutate(pick(good)));
      const told = await app.ask(pick(PATHS), body);
      const problem = `${told.status} ${told.text} for ${body}`;
      expect(told.text, problem).not.toMatch(/Traceback|site-packages/);
      // What the model itself does not take is its own fault; it is told under a reference.
      if (told.status >= 500) expect(told.json.message ?? told.json.error, problem).toMatch(/look for [0-9a-f]{12}/);
      else expect([200, 400, 413], problem).toContain(told.status);
    }
    expect((await app.ask("/invocations", request)).status).toBe(200);
  });

  test("bytes that are no HTTP end that connection only", async () => {
    for (const bytes of [
      "\0\0\0",
      "GET",
      `GET /${"a".repeat(200_000)} HTTP/1.1\r\n`,
      "POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
      "POST /invocations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ]) {
      const socket = connect(app.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.end(bytes);
      socket.resume();
      await new Promise((resolve) => socket.once("close", resolve));
      expect((await app.ask("/ping")).status).toBe(200);
    }
  });
});

test.skipIf(!python).each(["tensors", "unknown"])(
  "one long text among many short ones takes no more memory than it has bytes (%s)",
  { timeout: 120_000 },
  async (bundle) => {
    const app = await appForTest(python!, path.join(folder, bundle));
    // Each with the room of the longest: 1.2 GB.
    const inputs = [["a".repeat(100_000)], ...Array.from({ length: 3_000 }, () => ["b"])];
    expect((await app.ask("/invocations", { inputs })).status).toBe(400);
    const deep = (value: string) => `{"inputs": ${"[".repeat(40)}${value}${"]".repeat(40)}}`;
    for (const value of ['"a"', "null"]) expect((await app.ask("/invocations", deep(value))).status).toBe(400);
    const status = `/proc/${app.pid}/status`;
    if (!existsSync(status)) return;
    const [, most] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(status, "utf8"))!;
    expect(Number(most)).toBeLessThan(800_000);
  },
);

/** Numbers from 0 to 1, always the same (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
