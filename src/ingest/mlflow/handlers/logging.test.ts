import { beforeEach, describe, expect, test } from "vitest";
import { newRun } from "../../../store/testStore";
import { startTestServer, type TestServer } from "../testServer";

let server: TestServer;
let run_id: string;

beforeEach(async () => {
  server = await startTestServer();
  const { run } = await server.ask("POST", "/runs/create", { experiment_id: "0" });
  run_id = (run as { info: { run_id: string } }).info.run_id;
});

const post = (path: string, message: object) => server.ask("POST", `/runs/${path}`, { run_id, ...message });
const refusal = async (path: string, message: object) => {
  const { status, body } = await server.call("POST", `/runs/${path}`, { run_id, ...message });
  expect([status, body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  return body.message;
};
const params = () => server.store.getSummaries([run_id])[0]!.params;
const points = (key: string) => server.store.metricHistory(run_id, key, 0, 100).points;

describe("metrics", () => {
  test("every number there is, steps below zero, the same thing twice", async () => {
    const values = [0.5, "NaN", "Infinity", "-Infinity", 1e300];
    for (const [place, value] of values.entries()) {
      for (let again = 0; again < 2; again++)
        await post("log-metric", { key: "m", value, timestamp: 1_000, step: place - 2 });
    }
    const expected = [0.5, Number.NaN, Infinity, -Infinity, 1e300];
    expect(points("m").map(({ value, step }) => [step, value])).toEqual(
      expected.map((value, place) => [place - 2, value]),
    );
    expect(server.store.metricHistory(run_id, "m", 0, 1).sources).toEqual(["mlflow"]);
  });

  test("several at one step, and out of order", async () => {
    const metrics = [3, 1, 1, 2].map((step, place) => ({ key: "m", value: place, timestamp: place, step }));
    await post("log-batch", { metrics });
    expect(points("m").map(({ value }) => value)).toEqual([1, 2, 3, 0]);
  });

  test("what the script logs takes the place of what was read off its output", async () => {
    server.store.ingest(run_id, {
      points: [{ source: "output", points: [{ key: "m", value: 0.33, step: 0, time: 1 }] }],
    });
    await post("log-metric", { key: "m", value: 0.3333, timestamp: 2 });
    server.store.ingest(run_id, {
      points: [{ source: "output", points: [{ key: "m", value: 0.33, step: 0, time: 3 }] }],
    });
    expect(points("m").map(({ value }) => value)).toEqual([0.3333]);
  });

  test("steps beyond 2^53 are kept as near as can be, and it is said", async () => {
    const { uri } = server;
    const body = `{"run_id":"${run_id}","key":"m","value":1,"timestamp":5,"step":9223372036854775807}`;
    const headers = { "Content-Type": "application/json" };
    expect((await fetch(`${uri}/api/2.0/mlflow/runs/log-metric`, { method: "POST", headers, body })).status).toBe(200);
    expect(points("m")[0]!.step).toBe(2 ** 63);
    const read = await (await fetch(`${uri}/api/2.0/mlflow/runs/get?run_id=${run_id}`)).text();
    expect(read).toContain('"step":9223372036854775807');
    expect(server.store.getSummaries([run_id])[0]!.warnings).toEqual([expect.stringContaining("beyond 2^53")]);
  });

  test("wrong ones in MLflow's words, and then nothing of the batch is kept", async () => {
    const good = { key: "good", value: 1, timestamp: 1 };
    const batch = (wrong: object) =>
      refusal("log-batch", { metrics: [good, wrong], params: [{ key: "p", value: "1" }] });
    expect(await batch({ key: "m", timestamp: 1 })).toMatch(
      /^Missing value for required parameter 'metrics\[1\]\.value'/,
    );
    expect(await batch({ key: "m", value: 1 })).toMatch(/'metrics\[1\]\.timestamp'/);
    expect(await batch({ key: "m", value: 1, timestamp: -1 })).toMatch(
      /^Invalid value -1 for parameter 'metrics\[1\]\.timestamp'.*nonneg/,
    );
    expect(await batch({ key: "a$b", value: 1, timestamp: 1 })).toMatch(
      /^Invalid value "a\$b" for parameter 'metrics\[1\]\.name' supplied: Names may only/,
    );
    for (const key of ["../x", "/x", "a//b", "a/", ".", "a/./b"])
      expect(await batch({ key, value: 1, timestamp: 1 })).toMatch(/must not resolve to other names/);
    expect(await batch({ key: "x".repeat(251), value: 1, timestamp: 1 })).toBe(
      "'Metric name' exceeds the maximum length of 250 characters",
    );
    expect(server.store.getSummaries([run_id])[0]).toMatchObject({ metrics: {}, params: {} });
    const many = Array.from({ length: 1_001 }, () => good);
    expect(await refusal("log-batch", { metrics: many })).toMatch(
      /^A batch logging request can contain at most 1000 metrics\. Got 1001/,
    );
  });

  test("of a logged model, once", async () => {
    const metric = { key: "m", value: "NaN", timestamp: 1, model_id: "m-1", dataset_name: "d", dataset_digest: "x" };
    for (let again = 0; again < 2; again++) await post("log-batch", { metrics: [metric, metric] });
    expect(points("m")).toHaveLength(1);
  });
});

describe("params", () => {
  test("the same again is welcome, another value is refused, one and many each in MLflow's words", async () => {
    await post("log-parameter", { key: "lr", value: "0.1" });
    await post("log-parameter", { key: "lr", value: "0.1" });
    await post("log-batch", { params: [{ key: "lr", value: "0.1" }, { key: "empty" }] });
    expect(await refusal("log-parameter", { key: "lr", value: "it's" })).toBe(
      `Changing param values is not allowed. Param with key='lr' was already logged with value='0.1' for run ID='${run_id}'. Attempted logging new value 'it's'.`,
    );
    expect(
      await refusal("log-batch", {
        params: [
          { key: "new", value: "1" },
          { key: "lr", value: "it's" },
        ],
      }),
    ).toBe(
      `Changing param values is not allowed. Params were already logged='[{'key': 'lr', 'old_value': '0.1', 'new_value': "it's"}]' for run ID='${run_id}'.`,
    );
    expect(await refusal("log-batch", { params: [{ key: "a" }, { key: "a" }] })).toMatch(
      /^Duplicate parameter keys have been submitted: \['a'\]/,
    );
    expect(params()).toEqual({ lr: "0.1", empty: "" });
  });

  test("what was read off the command line gives way, and does not come back", async () => {
    server.store.ingest(run_id, { params: { lr: "1e-1", depth: "3" } });
    await post("log-parameter", { key: "lr", value: "0.1" });
    server.store.ingest(run_id, { params: { lr: "1e-1" } });
    expect(params()).toEqual({ lr: "0.1", depth: "3" });
  });

  test("long ones are cut, secrets masked", async () => {
    await post("log-batch", {
      params: [
        { key: "long", value: "é".repeat(7_000) },
        { key: "api_key", value: "hunter22" },
      ],
    });
    await post("log-parameter", { key: "api_key", value: "hunter22" });
    expect(params()).toEqual({ long: "é".repeat(6_000), api_key: "***" });
  });
});

describe("tags", () => {
  test("are set anew, and taken away", async () => {
    await post("set-tag", { key: "t", value: "1" });
    await post("log-batch", {
      tags: [
        { key: "t", value: "2" },
        { key: "mlflow.runName", value: "named" },
      ],
    });
    await post("set-tag", { key: "mlflow.note.content", value: "noted" });
    expect(server.store.getSummaries([run_id])[0]).toMatchObject({ name: "named", note: "noted", tags: { t: "2" } });
    await post("delete-tag", { key: "t" });
    await post("delete-tag", { key: "mlflow.note.content" });
    expect(server.store.getSummaries([run_id])[0]).toMatchObject({ note: "", tags: {} });
    const { status, body } = await server.call("POST", "/runs/delete-tag", { run_id, key: "t" });
    expect([status, body.message]).toEqual([404, `No tag with name: t in run with id ${run_id}`]);
  });

  test("a model as clients before 3.0 log it", async () => {
    const model = { artifact_path: "model", flavors: {}, utc_time_created: "now", run_id };
    for (let again = 0; again < 2; again++) await post("log-model", { model_json: JSON.stringify(model) });
    const history = server.store.getSummaries([run_id])[0]!.tags["mlflow.log-model.history"]!;
    expect(JSON.parse(history)).toEqual([model, model]);
    expect(await refusal("log-model", { model_json: '{"run_id":"x"}' })).toMatch(
      /missing mandatory fields: \{'artifact_path'/,
    );
  });
});

test("runs that are unknown or deleted take nothing", async () => {
  const metric = { key: "m", value: 1, timestamp: 1 };
  expect((await server.call("POST", "/runs/log-metric", { run_id: "no", ...metric })).body.message).toBe(
    "Run with id=no not found",
  );
  await post("delete", {});
  expect(await refusal("log-metric", metric)).toMatch(/must be in the 'active' state/);
  const plain = server.store.createRun(newRun());
  await server.ask("POST", "/runs/log-metric", { run_id: plain, ...metric });
  expect(server.store.metricHistory(plain, "m", 0, 1).total).toBe(1);
});
