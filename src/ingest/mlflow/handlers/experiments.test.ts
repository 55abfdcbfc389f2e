import { expect, test } from "vitest";
import { newRun } from "../../../store/testStore";
import { startTestServer, type TestServer } from "../testServer";

const create = async (server: TestServer, name: string, more = {}) =>
  (await server.ask("POST", "/experiments/create", { name, ...more })).experiment_id as string;

test("experiment 0 is there from the start", async () => {
  const server = await startTestServer();
  const { experiment } = await server.ask("GET", "/experiments/get", { experiment_id: "0" });
  expect(experiment).toMatchObject({ experiment_id: "0", name: "Default", lifecycle_stage: "active", tags: [] });
  expect((await server.ask("GET", "/experiments/get-by-name", { experiment_name: "Default" })).experiment).toEqual(
    experiment,
  );
});

test("an experiment of ours that is called Default is experiment 0", async () => {
  const server = await startTestServer();
  const run = server.store.createRun(newRun({ experiment: "Default" }));
  server.store.createRun(newRun({ experiment: "other" }));
  const { experiment } = await server.ask("GET", "/experiments/get-by-name", { experiment_name: "Default" });
  expect(experiment).toMatchObject({ experiment_id: "0" });
  expect(server.store.getRunHead(run)!.experiment).toBe("Default");
  expect(
    server.store
      .listExperiments()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["Default", "other"]);
});

test("made, found, renamed, deleted and brought back", async () => {
  const server = await startTestServer();
  const id = await create(server, "wine", { tags: [{ key: "team", value: "red" }] });
  expect(id).toMatch(/^[1-9]\d*$/);
  await server.ask("POST", "/experiments/set-experiment-tag", { experiment_id: id, key: "team", value: "blue" });
  await server.ask("POST", "/experiments/set-experiment-tag", { experiment_id: id, key: "__proto__", value: "x" });
  const { experiment } = await server.ask("GET", "/experiments/get-by-name", { experiment_name: "wine" });
  expect(experiment).toMatchObject({
    experiment_id: id,
    tags: [
      { key: "__proto__", value: "x" },
      { key: "team", value: "blue" },
    ],
  });
  await server.ask("POST", "/experiments/delete-experiment-tag", { experiment_id: id, key: "team" });
  await server.ask("POST", "/experiments/update", { experiment_id: id, new_name: "beer" });
  await server.ask("POST", "/experiments/delete", { experiment_id: id });
  expect((await server.ask("GET", "/experiments/get", { experiment_id: id })).experiment).toMatchObject({
    name: "beer",
    lifecycle_stage: "deleted",
  });
  await server.ask("POST", "/experiments/restore", { experiment_id: id });
  expect((await server.ask("GET", "/experiments/get", { experiment_id: id })).experiment).toMatchObject({
    lifecycle_stage: "active",
  });
});

test("an experiment's runs are deleted and brought back with it", async () => {
  const server = await startTestServer();
  const id = await create(server, "wine");
  const ended = server.store.createRun(newRun({ experiment: "wine" }));
  server.store.endRun(ended, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  const going = server.store.createRun(newRun({ experiment: "wine" }));
  await server.ask("POST", "/experiments/delete", { experiment_id: id });
  expect(server.store.listRuns({ deleted: true }).runs.map((run) => run.id)).toEqual([ended]);
  expect(server.store.listRuns({}).runs.map((run) => run.id)).toEqual([going]);
  await server.ask("POST", "/experiments/restore", { experiment_id: id });
  expect(server.store.listRuns({}).total).toBe(2);
});

test("a run of ours in an experiment that a client has deleted brings it back, without its runs", async () => {
  const server = await startTestServer();
  const id = await create(server, "wine");
  const before = server.store.createRun(newRun({ experiment: "wine" }));
  server.store.endRun(before, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  await server.ask("POST", "/experiments/delete", { experiment_id: id });
  const after = server.store.createRun(newRun({ experiment: "wine" }));
  expect((await server.ask("GET", "/experiments/get", { experiment_id: id })).experiment).toMatchObject({
    lifecycle_stage: "active",
  });
  expect(server.store.listRuns({ experiment: "wine" }).runs.map((run) => run.id)).toEqual([after]);
});

test("refusals in MLflow's words", async () => {
  const server = await startTestServer();
  const id = await create(server, "wine");
  const refused = async (method: string, path: string, message: object) => {
    const { status, body } = await server.call(method, `/experiments/${path}`, message as Record<string, unknown>);
    return [status, body.error_code, body.message];
  };
  expect(await refused("GET", "get-by-name", { experiment_name: "beer" })).toEqual([
    404,
    "RESOURCE_DOES_NOT_EXIST",
    "Could not find experiment with name 'beer'",
  ]);
  expect(await refused("POST", "create", { name: "wine" })).toEqual([
    400,
    "RESOURCE_ALREADY_EXISTS",
    "Experiment(name=wine) already exists.",
  ]);
  expect(await refused("GET", "get", { experiment_id: "99" })).toEqual([
    404,
    "RESOURCE_DOES_NOT_EXIST",
    "No Experiment with id=99 exists",
  ]);
  expect((await refused("GET", "get", { experiment_id: "../1" })).slice(0, 2)).toEqual([
    400,
    "INVALID_PARAMETER_VALUE",
  ]);
  expect((await refused("POST", "create", {})).slice(0, 2)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  expect((await refused("POST", "create", { name: "x".repeat(501) })).slice(0, 2)).toEqual([
    400,
    "INVALID_PARAMETER_VALUE",
  ]);
  await server.ask("POST", "/experiments/delete", { experiment_id: id });
  expect((await refused("POST", "create", { name: "wine" }))[1]).toBe("RESOURCE_ALREADY_EXISTS");
  expect((await refused("POST", "update", { experiment_id: id, new_name: "beer" })).slice(0, 2)).toEqual([
    400,
    "INVALID_STATE",
  ]);
  expect((await refused("POST", "restore", { experiment_id: "0" }))[1]).toBe("RESOURCE_DOES_NOT_EXIST");
});

test("an artifact location is what the client asked for, a folder in the project's", async () => {
  const server = await startTestServer();
  const location = async (artifact_location?: string) => {
    const experiment_id = await create(server, `e${artifact_location}`, artifact_location ? { artifact_location } : {});
    const { experiment } = await server.ask("GET", "/experiments/get", { experiment_id });
    return (experiment as { artifact_location: string }).artifact_location;
  };
  expect(await location("s3://bucket/x/")).toBe("s3://bucket/x");
  expect(await location("out")).toBe(`file://${server.store.root}/out`);
  expect(await location()).toMatch(/^file:\/\/.*\/\.modeltrail\/artifacts\/\d+$/);
});
