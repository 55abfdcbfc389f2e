import { describe, expect, test } from "vitest";
import { newRun, tempStore } from "../../../store/testStore";
import type { CreateRunRequest } from "../hooks";
import { createMlflowServer } from "../server";
import { startTestServer, type TestServer } from "../testServer";

interface WireRun {
  info: Record<string, unknown>;
  data: Record<"metrics" | "params" | "tags", { key: string; value: unknown }[]>;
}

const create = async (server: TestServer, message = {}) =>
  (await server.ask("POST", "/runs/create", { experiment_id: "0", start_time: 5_000, ...message })).run as WireRun;
const read = async (server: TestServer, run_id: unknown) =>
  (await server.ask("GET", "/runs/get", { run_id })).run as WireRun;
const idOf = (run: WireRun) => run.info.run_id as string;

test("a run of a client's own is a run of ours", async () => {
  const server = await startTestServer();
  const tags = [
    { key: "mlflow.source.name", value: "train.py" },
    { key: "mlflow.note.content", value: "good" },
  ];
  const run = await create(server, { user_id: "ada", run_name: "first", tags });
  expect(run.info).toMatchObject({
    run_uuid: idOf(run),
    run_name: "first",
    experiment_id: "0",
    user_id: "ada",
    status: "RUNNING",
    start_time: 5_000,
    lifecycle_stage: "active",
  });
  expect(run.info.artifact_uri).toBe(`file://${server.store.folder}/runs/${idOf(run)}/artifacts`);
  expect(run.data.tags).toEqual([tags[0], { key: "mlflow.runName", value: "first" }, tags[1]]);
  expect(server.store.getRunHead(idOf(run))).toMatchObject({
    name: "first",
    note: "good",
    experiment: "Default",
    status: "running",
    command: ["train.py"],
    startTime: 5_000,
  });
});

test("its status is what the client says, and it may begin anew", async () => {
  const server = await startTestServer();
  const run_id = idOf(await create(server));
  const update = async (message: object) => (await server.ask("POST", "/runs/update", { run_id, ...message })).run_info;
  expect(await update({ status: "FAILED", end_time: 9_000 })).toMatchObject({ status: "FAILED", end_time: 9_000 });
  expect(server.store.getSummaries([run_id])[0]).toMatchObject({ status: "failed", endTime: 9_000 });
  expect(await update({ status: "RUNNING", run_name: "again" })).toMatchObject({
    status: "RUNNING",
    run_name: "again",
  });
  expect(server.store.getSummaries([run_id])[0]).toMatchObject({ status: "running", endTime: null, name: "again" });
  expect(await update({ status: 3 })).toMatchObject({ status: "FINISHED" });
  expect((await server.call("POST", "/runs/update", { run_id, status: "DONE" })).status).toBe(400);
});

test("an adopted run is ours to end; its client sees what it said", async () => {
  let id = "";
  const asked: CreateRunRequest[] = [];
  const server = await startTestServer({
    hooks: {
      onCreateRun(request) {
        asked.push(request);
        return asked.length === 1 ? { adopt: id } : { parent: id };
      },
    },
  });
  id = server.store.createRun(newRun({ experiment: "train", name: "ours" }));
  const { experiment_id } = await server.ask("POST", "/experiments/create", { name: "wine" });
  const run = await create(server, { experiment_id, run_name: "theirs" });
  expect(run.info).toMatchObject({ run_id: id, experiment_id, run_name: "theirs", start_time: 5_000 });
  expect(server.store.getRunHead(id)).toMatchObject({ experiment: "train", name: "theirs", startTime: 1_000 });

  await server.ask("POST", "/runs/update", { run_id: id, status: "FINISHED", end_time: 6_000 });
  expect(server.store.getRunHead(id)!.status).toBe("running");
  expect((await read(server, id)).info).toMatchObject({ status: "FINISHED", end_time: 6_000 });
  server.store.endRun(id, { status: "failed", exitCode: 3, signal: null, endTime: 7_000 });
  expect((await read(server, id)).info).toMatchObject({ status: "FINISHED", end_time: 6_000 });

  const child = idOf(await create(server));
  expect(server.store.getRunHead(child)!.parent).toBe(id);
  const other = server.store.createRun(newRun());
  const tags = [{ key: "mlflow.parentRunId", value: other }];
  expect(server.store.getRunHead(idOf(await create(server, { tags })))!.parent).toBe(other);
  const unknown = [{ key: "mlflow.parentRunId", value: "gone" }];
  expect(server.store.getRunHead(idOf(await create(server, { tags: unknown })))!.parent).toBe(id);
});

test("a run that its client never ended has the status of its process", async () => {
  const server = await startTestServer({ hooks: { onCreateRun: () => ({ adopt: id }) } });
  const id = server.store.createRun(newRun());
  await create(server);
  server.store.endRun(id, { status: "killed", exitCode: null, signal: "SIGKILL", endTime: 7_000 });
  expect((await read(server, id)).info).toMatchObject({ status: "KILLED", end_time: 7_000 });
});

test("deleted softly; one that is running is deleted when it ends", async () => {
  const server = await startTestServer();
  const run_id = idOf(await create(server));
  await server.ask("POST", "/runs/delete", { run_id });
  expect((await read(server, run_id)).info.lifecycle_stage).toBe("deleted");
  expect(server.store.listRuns({}).total).toBe(1);
  const { status, body } = await server.call("POST", "/runs/update", { run_id, status: "FINISHED" });
  expect([status, body.message]).toEqual([
    400,
    `The run ${run_id} must be in the 'active' state. Current state is deleted.`,
  ]);
  await server.ask("POST", "/runs/restore", { run_id });
  await server.ask("POST", "/runs/update", { run_id, status: "FINISHED" });
  await server.ask("POST", "/runs/delete", { run_id });
  expect(server.store.listRuns({}).total).toBe(0);
  await server.ask("POST", "/runs/restore", { run_id });
  expect(server.store.listRuns({}).total).toBe(1);
});

test("runs that no client asked for are seen too", async () => {
  const server = await startTestServer();
  const id = server.store.createRun(newRun({ experiment: "train", tags: { team: "red" } }));
  server.store.ingest(id, {
    params: { lr: "0.1" },
    points: [{ source: "output", points: [{ key: "loss", value: 0.5, step: 3, time: 8 }] }],
  });
  expect((await read(server, id)).data).toMatchObject({
    metrics: [{ key: "loss", value: 0.5, timestamp: 8, step: 3 }],
    params: [{ key: "lr", value: "0.1" }],
    tags: [{ key: "team", value: "red" }, { key: "mlflow.runName" }],
  });
});

test("what cannot be is said in MLflow's words", async () => {
  const server = await startTestServer();
  const message = async (path: string, sent: object) => (await server.call("POST", path, sent as never)).body.message;
  const tags = [{ key: "mlflow.runName", value: "a" }];
  expect(await message("/runs/create", { experiment_id: "0", run_name: "b", tags })).toMatch(
    /^Both 'run_name' argument and 'mlflow.runName' tag are specified/,
  );
  expect(await message("/runs/create", { experiment_id: "7" })).toBe("No Experiment with id=7 exists");
  expect((await server.call("GET", "/runs/get", { run_id: "f".repeat(32) })).body).toEqual({
    error_code: "RESOURCE_DOES_NOT_EXIST",
    message: `Run with id=${"f".repeat(32)} not found`,
  });
  expect(await message("/runs/update", {})).toMatch(/^Missing value for required parameter 'run_id'/);
});

test("datasets and models that a run took in and gave out", async () => {
  const server = await startTestServer();
  const run_id = idOf(await create(server));
  const dataset = { name: "wine", digest: "d1", source_type: "local", source: '{"uri":"pg://u:p@h/x"}', schema: "{}" };
  const datasets = [{ dataset, tags: [{ key: "mlflow.data.context", value: "train" }] }];
  const models = [{ model_id: "m-1" }];
  for (let again = 0; again < 2; again++) await server.ask("POST", "/runs/log-inputs", { run_id, datasets, models });
  await server.ask("POST", "/runs/outputs", { run_id, models: [{ model_id: "m-2", step: 4 }] });
  expect(await read(server, run_id)).toMatchObject({
    inputs: {
      dataset_inputs: [{ dataset: { ...dataset, source: '{"uri":"pg://***@h/x"}' }, tags: datasets[0]!.tags }],
      model_inputs: models,
    },
    outputs: { model_outputs: [{ model_id: "m-2", step: 4 }] },
  });
  const nameless = [{ dataset: { ...dataset, name: undefined } }];
  expect((await server.call("POST", "/runs/log-inputs", { run_id, datasets: nameless })).status).toBe(400);
});

test("a run that was given up while its server was down goes on when its client does", async () => {
  const server = await startTestServer();
  const run_id = idOf(await create(server));
  server.store.endRun(run_id, { status: "lost", exitCode: null, signal: null, endTime: 7_000 });
  expect((await read(server, run_id)).info).toMatchObject({ status: "KILLED", end_time: 7_000 });
  await server.ask("POST", "/runs/log-metric", { run_id, key: "m", value: 1, timestamp: 1 });
  expect(server.store.getSummaries([run_id])[0]).toMatchObject({ status: "running", endTime: null });
  await server.ask("POST", "/runs/update", { run_id, status: "FINISHED", end_time: 9_000 });
  await server.ask("POST", "/runs/log-metric", { run_id, key: "m", value: 2, timestamp: 2 });
  expect(server.store.getSummaries([run_id])[0]).toMatchObject({ status: "finished", endTime: 9_000 });
});

describe("asked for again", () => {
  const wanted = { run_name: "child", user_id: "ada", tags: [{ key: "a", value: "b" }] };

  test("by a client that has no answer, also of another server: the same run", async () => {
    const store = tempStore();
    const first = createMlflowServer({ store, secret: "5ec2e7" });
    const uri = await first.listen();
    const { createRun } = store.tracking;
    let made = "";
    store.tracking.createRun = (run) => {
      made = createRun(run);
      // Killed: the answer never goes out.
      first.http.closeAllConnections();
      return made;
    };
    const body = JSON.stringify({ experiment_id: "0", start_time: 5_000, ...wanted });
    const headers = { "Content-Type": "application/json" };
    const url = `${uri}/api/2.0/mlflow/runs/create`;
    await expect(fetch(url, { method: "POST", headers, body })).rejects.toThrow();
    store.tracking.createRun = createRun;
    await first.close();

    const server = await startTestServer({ store });
    expect(idOf(await create(server, wanted))).toBe(made);
    expect(store.listRuns({}).total).toBe(1);
    // Answered now: who says the same wants another one.
    expect(idOf(await create(server, wanted))).not.toBe(made);
  });

  test("in the same words by many at once, as a search over parameters does: a run for each", async () => {
    const server = await startTestServer();
    const runs = await Promise.all(Array.from({ length: 20 }, () => create(server, wanted)));
    expect(new Set(runs.map(idOf)).size).toBe(20);
  });
});
