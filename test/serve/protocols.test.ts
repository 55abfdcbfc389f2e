/** Every protocol that the app speaks, at one port. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appForTest, type ServedApp, serveEnvironment, startApp } from "./app";
import { pythonThatServes, runPython } from "./python";

const python = pythonThatServes();
const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-protocols-"));
const bundle = path.join(folder, "joblib");

type Answered = [status: number, body: unknown];

/** What the sample holds. */
let columns: string[];
let rows: number[][];
const records = () => rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
const named = () => Object.fromEntries(columns.map((name, index) => [name, rows.map((row) => row[index])]));
const tensor = (name: string, shape: number[], data: unknown, datatype = "FP64") => ({ name, shape, datatype, data });

describe.skipIf(!python)("protocols", { timeout: 300_000 }, () => {
  let app: ServedApp;

  beforeAll(async () => {
    await runPython(python!, "make_bundles.py", folder, "joblib", "mixed", "tensors", "function", "unknown");
    ({ columns, data: rows } = JSON.parse(
      readFileSync(path.join(bundle, "sample.json"), "utf8"),
    ).request.dataframe_split);
    app = await startApp(python!, bundle);
  }, 300_000);
  afterAll(() => app?.end());

  test("MLflow: every form of a table gets the same answer", async () => {
    const forms = [
      { dataframe_split: { columns, data: rows } },
      {
        dataframe_split: {
          columns: [...columns].reverse(),
          index: [7, 8],
          data: rows.map((row) => [...row].reverse()),
        },
      },
      { dataframe_records: records() },
      { dataframe_records: records().map((record) => ({ ...record, more: "is left out" })) },
      { instances: records() },
      { inputs: named() },
      { inputs: rows },
    ];
    for (const form of forms) {
      expect(await app.ask("/invocations", form)).toMatchObject({ status: 200, json: { predictions: [0, 0] } });
    }
    const csv = rows.map((row) => row.join(",")).join("\r\n");
    for (const [text, kind] of [
      [`${columns.join(",")}\r\n${csv}\r\n`, "text/csv"],
      [`\uFEFF${columns.join(",")}\n${csv}`, "text/csv; charset=UTF-8"],
      [csv, "text/csv"],
      [csv, "text/csv; header=absent"],
    ] as const) {
      const told = await app.ask("/invocations", text, { headers: { "content-type": kind } });
      expect(told).toMatchObject({ status: 200, json: { predictions: [0, 0] } });
    }
  });

  test("a message says which row and column does not fit, and what was expected", async () => {
    const bad = (name: string, value: unknown) => ({
      dataframe_records: [records()[0], { ...records()[1], [name]: value }],
    });
    const message = async (body: unknown) => (await app.ask("/invocations", body)).json.message;
    expect(await message(bad("hue", "red"))).toBe('Row 2, column "hue": expected a number, got the text "red".');
    expect(await message(bad("hue", true))).toBe('Row 2, column "hue": expected a number, got true.');
    expect(await message(bad("hue", [1]))).toBe('Row 2, column "hue": expected a number, got a list.');
    expect(await message(bad("hue", null))).toMatch(
      /^Row 2, column "hue" has no value, which the model may not take\. /,
    );
    expect(await message({ dataframe_records: [records()[0], {}] })).toMatch(
      /^Row 2: columns are missing: "alcohol", /,
    );
    expect(await message({ dataframe_records: [] })).toBe("The request has no rows.");
    expect(await message({ inputs: [[1, 2]] })).toBe("Row 1: expected 13 values, got 2.");
    expect(await message({ dataframe_split: { columns: ["a", "a"], data: [[1, 2]] } })).toBe(
      'Column "a" is there twice.',
    );
    expect(await message({ instances: [], inputs: [] })).toContain("exactly one of");
  });

  test("MLflow: health, and what is not taken", async () => {
    for (const path of ["/ping", "/health"]) expect(await app.ask(path)).toMatchObject({ status: 200, text: "\n" });
    expect((await app.ask("/version")).status).toBe(200);
    expect(await app.ask("/invocations", "x", { headers: { "content-type": "text/plain" } })).toMatchObject({
      status: 415,
      json: { error_code: "UNSUPPORTED_MEDIA_TYPE" },
    });
    const latin = { headers: { "content-type": "application/json; charset=latin-1" } };
    expect((await app.ask("/invocations", { inputs: rows }, latin)).status).toBe(415);
    expect((await app.ask("/invocations", "x", { headers: { "content-encoding": "gzip" } })).status).toBe(415);
    expect(await app.ask("/invocations")).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect((await app.ask("/nowhere")).status).toBe(404);
  });

  test("KServe v1", async () => {
    expect((await app.ask("/v1/models")).json).toEqual({ models: ["wine"] });
    expect((await app.ask("/v1/models/wine")).json).toEqual({ name: "wine", ready: true });
    const predict = (body: unknown) => app.ask("/v1/models/wine:predict", body);
    expect((await predict({ instances: rows })).json).toEqual({ predictions: [0, 0] });
    expect((await predict({ instances: records() })).json).toEqual({ predictions: [0, 0] });
    expect(await predict({ instances: {} })).toMatchObject({
      status: 400,
      json: { error: '"instances" has to be a list.' },
    });
    expect(await predict("{")).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining("not valid JSON") },
    });
    expect(await app.ask("/v1/models/other:predict", { instances: rows })).toMatchObject({ status: 404 });
  });

  test("KServe v2: tensors of all columns or of each, by version or without", async () => {
    const flat = rows.flat();
    for (const inputs of [
      [tensor("input-0", [2, 13], rows)],
      [tensor("input-0", [2, 13], flat)],
      columns.map((name, index) =>
        tensor(
          name,
          [2],
          rows.map((row) => row[index]),
        ),
      ),
      columns.map((name, index) =>
        tensor(
          name,
          [2, 1],
          rows.map((row) => row[index]),
        ),
      ),
    ]) {
      for (const path of ["/v2/models/wine/infer", "/v2/models/wine/versions/3/infer"]) {
        expect((await app.ask(path, { id: "7", inputs })).json).toEqual({
          model_name: "wine",
          model_version: "3",
          id: "7",
          outputs: [{ name: "output-0", shape: [2], datatype: "INT64", data: [0, 0] }],
        });
      }
    }
    const error = async (...inputs: unknown[]) => (await app.ask("/v2/models/wine/infer", { inputs })).json.error;
    expect(await error(tensor("input-0", [2, 12], flat))).toBe(
      'Input "input-0": the shape asks for 24 values, there are 26.',
    );
    expect(await error(tensor("input-0", [2, 13], flat, "INT64"))).toContain("does not fit the datatype INT64");
    expect(await error(tensor("input-0", [13], flat, "FP8"))).toContain("the datatype has to be one of BOOL");
    const binary = { headers: { "inference-header-content-length": "10" } };
    expect(await app.ask("/v2/models/wine/infer", { inputs: [] }, binary)).toMatchObject({ status: 415 });
    const wanted = { inputs: [tensor("input-0", [2, 13], flat)], outputs: [{ name: "other" }] };
    expect((await app.ask("/v2/models/wine/infer", wanted)).json).toEqual({
      error: 'The model has no output "other".',
    });
  });

  test("KServe v2: what the model takes and gives, and that it is ready", async () => {
    expect((await app.ask("/v2")).json).toMatchObject({ extensions: [] });
    expect((await app.ask("/v2/health/live")).json).toEqual({ live: true });
    expect((await app.ask("/v2/health/ready")).json).toEqual({ ready: true });
    expect((await app.ask("/v2/models/wine/versions/3/ready")).json).toEqual({ name: "wine", ready: true });
    const said = (await app.ask("/v2/models/wine")).json;
    expect(said).toMatchObject({ name: "wine", versions: ["3"], platform: "joblib" });
    expect(said.inputs).toEqual(columns.map((name) => ({ name, datatype: "FP64", shape: [-1] })));
    expect(said.outputs).toEqual([{ name: "output-0", datatype: "INT64", shape: [-1] }]);
    expect(await app.ask("/v2/models/other/ready")).toMatchObject({ status: 404 });
  });

  test("metrics count what was asked, and the description names every path", async () => {
    const counted = async (line: RegExp) => Number(line.exec((await app.ask("/metrics")).text)?.[1]);
    const rowsBefore = await counted(/^modeltrail_predictions_total (\d+)$/m);
    const before = await counted(/^modeltrail_requests_total\{protocol="kserve-v1",status="2xx"\} (\d+)$/m);
    await app.ask("/v1/models/wine:predict", { instances: rows });
    expect(await counted(/^modeltrail_predictions_total (\d+)$/m)).toBe(rowsBefore + 2);
    expect(await counted(/^modeltrail_requests_total\{protocol="kserve-v1",status="2xx"\} (\d+)$/m)).toBe(before + 1);
    const text = (await app.ask("/metrics")).text;
    expect(/_bucket\{le="\+Inf"\} (\d+)/.exec(text)![1]).toBe(/_seconds_count (\d+)/.exec(text)![1]);
    expect(text).toContain('modeltrail_model_info{model="wine",version="3"} 1');
    const { paths } = (await app.ask("/openapi.json")).json;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/invocations", "/v2/models/wine/infer", "/metrics"]));
  });

  test("MLflow's own client gets its answer", async () => {
    const told = JSON.parse(await runPython(python!, "ask_by_mlflow.py", String(app.port)));
    expect(told).toEqual({ frame: [0, 0, 0], missing: 400 });
  });

  test("MLflow's own server gives the same answers, and refuses what this one refuses", async () => {
    const asked: [string, Answered, Answered][] = JSON.parse(await runPython(python!, "ask_both.py", folder));
    for (const [name, theirs, ours] of asked) {
      if (!name.startsWith("refused: ")) {
        expect(ours, name).toEqual(theirs);
        expect(ours[0], name).toBe(200);
      } else {
        expect(theirs[0], name).toBeGreaterThanOrEqual(400);
        // Of what is the caller's fault it says 500 now and then.
        expect(ours[0], name).toBe(theirs[0] === 500 ? 400 : theirs[0]);
        if (ours[0] === 400) expect(Object.keys(ours[1] as object), name).toEqual(["error_code", "message"]);
      }
    }
    expect(asked.length).toBeGreaterThan(20);
  });

  test("what SageMaker and Vertex AI say to a container is understood", async () => {
    const vertex = await appForTest(python!, bundle, [], {
      AIP_HTTP_PORT: "1",
      AIP_HEALTH_ROUTE: "/is/healthy",
      AIP_PREDICT_ROUTE: "/v1/endpoints/7/deployedModels/9:predict",
    });
    expect((await vertex.ask("/is/healthy")).status).toBe(200);
    const told = await vertex.ask("/v1/endpoints/7/deployedModels/9:predict", { instances: rows, parameters: {} });
    expect(told).toMatchObject({ status: 200, json: { predictions: [0, 0] } });
  });

  test("it listens to others only where it is told to, by who starts it or by a platform", () => {
    const program = "import sys; from modeltrail_serve.arguments import parse; print(parse().host, parse().port)";
    const host = (env: Record<string, string>, ...args: string[]) =>
      execFileSync(python!, ["-c", program, ...args], {
        env: serveEnvironment({ PORT: "", ...env }),
        encoding: "utf8",
      }).trim();
    expect(host({})).toBe("127.0.0.1 8080");
    expect(host({}, "serve")).toBe("127.0.0.1 8080");
    expect(host({ SAGEMAKER_BIND_TO_PORT: "8081" }, "serve")).toBe("0.0.0.0 8081");
    expect(host({ AIP_HTTP_PORT: "8082" })).toBe("0.0.0.0 8082");
    // As in the Dockerfile of a bundle, to which SageMaker adds its word.
    expect(host({}, "--host", "0.0.0.0", "serve")).toBe("0.0.0.0 8080");
  });

  test("columns of every type are read as what they are", async () => {
    const mixed = await appForTest(python!, path.join(folder, "mixed"));
    const good = { town: "Ulm", size: 1.5, count: 1, open: true, seen: "2026-01-31T12:00:00Z", photo: "aGk=" };
    const told = (row: object) => mixed.ask("/invocations", { dataframe_records: [row] });
    expect(await told(good)).toMatchObject({ status: 200, json: { predictions: [0] } });
    expect(await told({ town: "Ulm", size: 1, count: 1.0 })).toMatchObject({ status: 200 });
    for (const [part, expected] of [
      [{ town: 5 }, 'column "town": expected a text, got the number 5.'],
      [{ count: 1.5 }, 'column "count": expected a whole number of 32 bits, got the number 1.5.'],
      [{ count: 2 ** 31 }, 'column "count": expected a whole number of 32 bits, got the number 2147483648.'],
      [{ open: "yes" }, 'column "open": expected true or false, got the text "yes".'],
      [{ seen: "soon" }, 'column "seen": expected a time such as "2026-01-31T12:00:00", got the text "soon".'],
      // NumPy would take these for times, of other years or of now.
      ...["9999-12-31", "1500-01-01T00:00:00Z", "now", "today", "", "NaT", "2026"].map((seen): [object, string] => [
        { seen },
        `column "seen": expected a time such as "2026-01-31T12:00:00", got the text "${seen}".`,
      ]),
      [{ photo: "%" }, 'column "photo": expected a text in base64, got the text "%".'],
    ] as const) {
      expect((await told({ ...good, ...part })).json.message).toBe(`Row 1, ${expected}`);
    }
  });

  test("where nothing is known of what a model takes, it is the first that looks", async () => {
    const unknown = await appForTest(python!, path.join(folder, "unknown"));
    const told = (body: unknown) => unknown.ask("/invocations", body);
    for (const body of [
      { dataframe_records: records() },
      { dataframe_split: { columns, data: rows } },
      { inputs: rows },
    ]) {
      expect(await told(body)).toMatchObject({ status: 200, json: { predictions: [0, 0] } });
    }
    expect(await told({ inputs: [[1, 2]] })).toMatchObject({ status: 400, json: { error_code: "BAD_REQUEST" } });
    expect(await told({ inputs: [[1, 2], [3]] })).toMatchObject({
      json: { message: "Rows of one length are expected." },
    });
    const apart = Array.from({ length: 4000 }, (_, index) => ({ [`name${index}`]: 1 }));
    expect(await told({ dataframe_records: apart })).toMatchObject({
      status: 413,
      json: { message: "The objects have 4000 different names, too many for 4000 rows." },
    });
  });

  test("a model that takes a tensor gets one from every protocol", async () => {
    const tensors = await appForTest(python!, path.join(folder, "tensors"));
    const one = (await tensors.ask("/invocations", { inputs: rows })).json.predictions;
    expect(one).toHaveLength(2);
    expect((await tensors.ask("/invocations", { dataframe_split: { data: rows } })).json.predictions).toEqual(one);
    expect((await tensors.ask("/invocations", { dataframe_split: { columns, data: rows } })).json.predictions).toEqual(
      one,
    );
    expect((await tensors.ask("/invocations", { inputs: { X: rows } })).json.predictions).toEqual(one);
    expect((await tensors.ask("/v1/models/wine:predict", { instances: rows })).json.predictions).toEqual(one);
    const v2 = await tensors.ask("/v2/models/wine/infer", { inputs: [tensor("X", [2, 13], rows.flat(), "FP32")] });
    expect(v2.json.outputs[0]).toMatchObject({ shape: [2, 1], datatype: "FP32", data: (one as number[][]).flat() });
    const wrong = await tensors.ask("/invocations", { inputs: [[1, 2]] });
    expect(wrong.json.message).toBe('Tensor "X": expected the shape [any, 13], got [1, 2].');
  });
});
