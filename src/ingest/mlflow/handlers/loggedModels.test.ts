import { expect, test } from "vitest";
import type { JsonObject } from "../json";
import { startTestServer, type TestServer } from "../testServer";

interface WireModel {
  info: Record<string, unknown> & { model_id: string; name: string; tags: unknown };
  data: { params: unknown; metrics: Record<string, unknown>[] };
}

const modelOf = ({ model }: JsonObject) => model as WireModel;

async function create(server: TestServer, name: string, more: JsonObject = {}): Promise<string> {
  return modelOf(await server.ask("POST", "/logged-models", { experiment_id: "0", name, ...more })).info.model_id;
}

async function createRun(server: TestServer): Promise<string> {
  const { run } = await server.ask("POST", "/runs/create", { experiment_id: "0" });
  return (run as { info: { run_id: string } }).info.run_id;
}

test("a model is made, filled, finished and deleted", async () => {
  const server = await startTestServer();
  const source_run_id = await createRun(server);
  const params = [{ key: "depth", value: "3" }];
  const id = await create(server, "tree", {
    source_run_id,
    model_type: "sklearn",
    params,
    tags: [{ key: "a", value: "1" }],
  });
  expect(id).toMatch(/^m-[0-9a-f]{32}$/);
  await server.ask("POST", `/logged-models/${id}/params`, { params: [{ key: "leaves", value: "8" }] });
  await server.ask("PATCH", `/logged-models/${id}/tags`, {
    tags: [
      { key: "b/c", value: "2" },
      { key: "a", value: "3" },
    ],
  });
  await server.ask("DELETE", `/logged-models/${id}/tags/${encodeURIComponent("b/c")}`);
  await server.ask("PATCH", `/logged-models/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" });
  const model = modelOf(await server.ask("GET", `/logged-models/${id}`));
  expect(model.info).toMatchObject({
    experiment_id: "0",
    name: "tree",
    status: "LOGGED_MODEL_READY",
    model_type: "sklearn",
    source_run_id,
    tags: [{ key: "a", value: "3" }],
  });
  expect(model.info.artifact_uri).toMatch(new RegExp(`^file:///.*/models/${id}/artifacts$`));
  expect(model.data.params).toEqual([...params, { key: "leaves", value: "8" }]);
  await server.ask("DELETE", `/logged-models/${id}`);
  expect((await server.call("GET", `/logged-models/${id}`)).status).toBe(404);
  expect((await server.call("GET", `/logged-models/${id}`, { allow_deleted: "true" })).status).toBe(200);
  expect((await server.call("PATCH", `/logged-models/${id}`, { status: 2 })).body.error_code).toBe(
    "RESOURCE_DOES_NOT_EXIST",
  );
});

test("a model's metrics are those that runs logged for it, sent again or NaN, too", async () => {
  const server = await startTestServer();
  const run_id = await createRun(server);
  const id = await create(server, "tree");
  const metric = (value: number | string, step: number) => ({ key: "loss", value, timestamp: 9, step, model_id: id });
  for (let i = 0; i < 2; i++) {
    await server.ask("POST", "/runs/log-batch", { run_id, metrics: [metric("NaN", 0), metric(0.5, 1)] });
  }
  const data = { ...metric(0.4, 0), dataset_name: "train", dataset_digest: "d1" };
  await server.ask("POST", "/runs/log-batch", { run_id, metrics: [data] });
  expect(modelOf(await server.ask("GET", `/logged-models/${id}`)).data.metrics).toEqual([
    { key: "loss", value: 0.5, timestamp: 9, step: 1, model_id: id, run_id },
    {
      key: "loss",
      value: 0.4,
      timestamp: 9,
      step: 0,
      model_id: id,
      run_id,
      dataset_name: "train",
      dataset_digest: "d1",
    },
  ]);
});

test("models are searched", async () => {
  const server = await startTestServer();
  const run_id = await createRun(server);
  const log = (model_id: string, value: number | string, more: JsonObject = {}) =>
    server.ask("POST", "/runs/log-batch", {
      run_id,
      metrics: [{ key: "my loss", value, timestamp: 1, step: 0, model_id, ...more }],
    });
  const a = await create(server, "a", { source_run_id: run_id, params: [{ key: "lr", value: "0.1" }] });
  const b = await create(server, "b", { tags: [{ key: "team", value: "red" }] });
  const c = await create(server, "c");
  await create(server, "d");
  await log(a, 3);
  await log(b, 1);
  await log(b, 9, { dataset_name: "test", dataset_digest: "x", timestamp: 2 });
  await log(c, "NaN");
  await server.ask("PATCH", `/logged-models/${a}`, { status: "LOGGED_MODEL_READY" });
  const find = async (message: JsonObject) => {
    const { models } = await server.ask("POST", "/logged-models/search", {
      experiment_ids: ["0"],
      order_by: [{ field_name: "name" }],
      ...message,
    });
    return (models as WireModel[]).map(({ info }) => info.name).join("");
  };
  expect(await find({})).toBe("abcd");
  expect(await find({ filter: "name = 'a'" })).toBe("a");
  expect(await find({ filter: `source_run_id = '${run_id}' AND params.lr = '0.1'` })).toBe("a");
  expect(await find({ filter: "status = 'READY'" })).toBe("a");
  expect(await find({ filter: "tags.team LIKE 'r%'" })).toBe("b");
  expect(await find({ filter: "metrics.`my loss` > 2" })).toBe("ab");
  expect(await find({ filter: "metrics.`my loss` > 2", datasets: [{ dataset_name: "test" }] })).toBe("b");
  expect(await find({ datasets: [{ dataset_name: "test", dataset_digest: "y" }] })).toBe("");
  expect(await find({ filter: "name IN ('a', 'd')" })).toBe("ad");
  expect(await find({ filter: "creation_timestamp > 0 AND model_id != 'x'" })).toBe("abcd");
  const byLoss = (ascending: boolean, more: JsonObject = {}) =>
    find({ order_by: [{ field_name: "metrics.my loss", ascending, ...more }, { field_name: "name" }] });
  expect(await byLoss(true, { dataset_name: "test" })).toBe("bacd");
  expect(await byLoss(false)).toBe("bacd");
  const first = await server.ask("POST", "/logged-models/search", {
    experiment_ids: ["0"],
    max_results: 3,
    order_by: [{ field_name: "name" }],
  });
  expect(await find({ max_results: 3, page_token: first.next_page_token })).toBe("d");
  expect(await find({ experiment_ids: ["7"] })).toBe("");
  for (const wrong of [{ filter: "foo.a = 1" }, { order_by: [{ field_name: "params.x" }] }, { datasets: [{}] }]) {
    const { status } = await server.call("POST", "/logged-models/search", { experiment_ids: ["0"], ...wrong });
    expect(status).toBe(400);
  }
});

test("what cannot be is refused", async () => {
  const server = await startTestServer();
  for (const name of ["a/b", "a:b", "a.b", "a%b", "a'b"]) {
    expect((await server.call("POST", "/logged-models", { experiment_id: "0", name })).status).toBe(400);
  }
  expect((await server.call("POST", "/logged-models", { experiment_id: "9" })).status).toBe(404);
  const { body } = await server.call("GET", "/logged-models/m-x");
  expect(body).toMatchObject({
    error_code: "RESOURCE_DOES_NOT_EXIST",
    message: "Logged model with ID 'm-x' not found.",
  });
  const id = await create(server, "a");
  expect((await server.call("PATCH", `/logged-models/${id}`, {})).status).toBe(400);
  expect((await server.call("DELETE", `/logged-models/${id}/tags/none`)).status).toBe(404);
  const { body: list } = await server.call("GET", `/logged-models/${id}/artifacts/directories`, {
    artifact_directory_path: "../..",
  });
  expect(list.error_code).toBe("INVALID_PARAMETER_VALUE");
  expect(await server.ask("GET", `/logged-models/${id}/artifacts/directories`)).toMatchObject({ files: [] });
});
