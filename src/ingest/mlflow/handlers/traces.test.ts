import { expect, test } from "vitest";
import type { JsonObject } from "../json";
import { startTestServer, type TestServer } from "../testServer";

const idOf = (number: number) => `tr-${String(number).padStart(32, "0")}`;

/** Calls below /api/3.0. */
async function call3(server: TestServer, method: string, path: string, message?: JsonObject) {
  const response = await fetch(`${server.uri}/api/3.0/mlflow${path}`, {
    method,
    ...(message && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) }),
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

function start(server: TestServer, number: number, more: JsonObject = {}) {
  const trace_info = {
    trace_id: idOf(number),
    trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } },
    request_time: new Date(1_700_000_000_000 + number).toISOString(),
    execution_duration: "1.25s",
    state: "OK",
    request_preview: "{}",
    trace_metadata: { "mlflow.sourceRun": `run-${number}`, user: `u${number}` },
    tags: { "mlflow.traceName": `name-${number}` },
    ...more,
  };
  return call3(server, "POST", "/traces", { trace: { trace_info } });
}

test("a trace is kept, tagged, linked and deleted", async () => {
  const server = await startTestServer();
  expect((await start(server, 1)).status).toBe(200);
  await server.ask("PATCH", `/traces/${idOf(1)}/tags`, { key: "a", value: "b" });
  const read = async () => {
    const { body } = await call3(server, "GET", `/traces/${idOf(1)}`);
    return (body.trace as { trace_info: JsonObject }).trace_info;
  };
  expect(await read()).toMatchObject({
    trace_id: idOf(1),
    trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } },
    request_time: "2023-11-14T22:13:20.001Z",
    execution_duration: "1.25s",
    state: "OK",
    request_preview: "{}",
    tags: { a: "b", "mlflow.traceName": "name-1" },
  });
  const { "mlflow.artifactLocation": location } = (await read()).tags as Record<string, string>;
  expect(location).toMatch(/^file:\/\/\/.*\/traces\/tr-0+1\/artifacts$/);
  await server.ask("DELETE", `/traces/${idOf(1)}/tags`, { key: "a" });
  expect(Object.keys((await read()).tags as object)).not.toContain("a");
  // Told again when it has ended.
  await start(server, 1, { state: "ERROR" });
  expect((await read()).state).toBe("ERROR");
  expect(await server.ask("POST", "/traces/delete-traces", { experiment_id: "0", request_ids: [idOf(1)] })).toEqual({
    traces_deleted: 1,
  });
  expect((await call3(server, "GET", `/traces/${idOf(1)}`)).body.error_code).toBe("RESOURCE_DOES_NOT_EXIST");
});

test("traces are searched", async () => {
  const server = await startTestServer();
  for (const number of [1, 2, 3]) await start(server, number, number === 3 ? { state: "ERROR" } : {});
  await server.ask("POST", "/traces/link-to-run", { trace_ids: [idOf(3)], run_id: "run-1" });
  const find = async (filter: string, more: JsonObject = {}) => {
    const locations = [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } }];
    const { body } = await call3(server, "POST", "/traces/search", { locations, filter, ...more });
    return (body.traces as { trace_id: string }[]).map(({ trace_id }) => Number(trace_id.slice(3))).join("");
  };
  expect(await find("")).toBe("321");
  expect(await find("", { order_by: ["timestamp_ms ASC"] })).toBe("123");
  expect(await find("trace.status = 'ERROR'")).toBe("3");
  expect(await find("status IN ('OK')")).toBe("21");
  expect(await find("tags.`mlflow.traceName` = 'name-2'")).toBe("2");
  expect(await find("name LIKE 'name-%' and timestamp_ms > 1700000000001")).toBe("32");
  expect(await find("metadata.user = 'u2'")).toBe("2");
  expect(await find("metadata.user != 'u2' and metadata.user IS NOT NULL")).toBe("31");
  expect(await find("run_id = 'run-1'")).toBe("31");
  expect(await find("execution_time_ms = 1250")).toBe("321");
  expect(await find("", { max_results: 2 })).toBe("32");
  const deleted = await server.ask("POST", "/traces/delete-traces", {
    experiment_id: "0",
    max_timestamp_millis: 1_700_000_000_002,
    max_traces: 1,
  });
  expect([deleted, await find("")]).toEqual([{ traces_deleted: 1 }, "32"]);
});

test("an id that could be another folder is refused, and so is what is not here", async () => {
  const server = await startTestServer();
  for (const trace_id of ["../../x", "tr-1", "", `${idOf(1)}/../..`])
    expect((await start(server, 1, { trace_id })).status).toBe(400);
  expect((await start(server, 1, { request_time: "yesterday" })).status).toBe(400);
  expect((await server.call("PATCH", `/traces/${idOf(7)}/tags`, { key: "a", value: "b" })).status).toBe(404);
  expect((await server.call("POST", "/traces/delete-traces", { experiment_id: "0" })).status).toBe(400);
  const response = await fetch(`${server.uri}/v1/traces`, { method: "POST", body: "x" });
  expect([response.status, ((await response.json()) as JsonObject).error_code]).toEqual([404, "ENDPOINT_NOT_FOUND"]);
});
