import { describe, expect, test } from "vitest";
import type { JsonObject } from "../json";
import { startTestServer, type TestServer } from "../testServer";

type Version = { version: string; aliases: string[]; current_stage: string; run_id: string };

const version = async (server: TestServer, name: string, more: JsonObject = {}) => {
  const reply = await server.ask("POST", "/model-versions/create", { name, source: "s3://bucket/model", ...more });
  return reply.model_version as unknown as Version;
};
const refusal = async (server: TestServer, method: string, path: string, message: JsonObject) => {
  const { status, body } = await server.call(method, path, message);
  return [status, body.error_code, body.message];
};

test("a model is made, described, renamed, found and deleted", async () => {
  const server = await startTestServer();
  const asked = { name: "wine", description: "red", tags: [{ key: "team", value: "a" }] };
  const { registered_model } = await server.ask("POST", "/registered-models/create", asked);
  expect(registered_model).toMatchObject({ ...asked, latest_versions: [], aliases: [] });
  await version(server, "wine");
  await server.ask("POST", "/registered-models/alias", { name: "wine", alias: "champion", version: "1" });
  await server.ask("PATCH", "/registered-models/update", { name: "wine", description: "white" });
  await server.ask("POST", "/registered-models/set-tag", { name: "wine", key: "team", value: "b" });
  await server.ask("POST", "/registered-models/rename", { name: "wine", new_name: "Wein" });
  const { registered_model: renamed } = await server.ask("GET", "/registered-models/get", { name: "Wein" });
  expect(renamed).toMatchObject({
    name: "Wein",
    description: "white",
    tags: [{ key: "team", value: "b" }],
    aliases: [{ alias: "champion", version: "1" }],
    latest_versions: [{ name: "Wein", version: "1", current_stage: "None", status: "READY" }],
  });
  await server.ask("DELETE", "/registered-models/delete-tag", { name: "Wein", key: "team" });
  await server.ask("DELETE", "/registered-models/delete", { name: "Wein" });
  expect(await refusal(server, "GET", "/registered-models/get", { name: "Wein" })).toEqual([
    404,
    "RESOURCE_DOES_NOT_EXIST",
    "Registered Model with name=Wein not found",
  ]);
  expect((await server.ask("GET", "/model-versions/search", {})).model_versions).toEqual([]);
});

test("versions count on, also past deleted ones", async () => {
  const server = await startTestServer();
  await server.ask("POST", "/registered-models/create", { name: "wine" });
  expect((await version(server, "wine", { description: "x", tags: [{ key: "a", value: "b" }] })).version).toBe("1");
  expect((await version(server, "wine")).version).toBe("2");
  await server.ask("POST", "/registered-models/alias", { name: "wine", alias: "best", version: "2" });
  await server.ask("DELETE", "/model-versions/delete", { name: "wine", version: "2" });
  expect((await version(server, "wine")).version).toBe("3");
  expect(await refusal(server, "GET", "/model-versions/get", { name: "wine", version: "2" })).toEqual([
    404,
    "RESOURCE_DOES_NOT_EXIST",
    "Model Version (name=wine, version=2) not found",
  ]);
  expect((await refusal(server, "GET", "/registered-models/alias", { name: "wine", alias: "best" }))[2]).toBe(
    "Registered model alias best not found.",
  );
  await server.ask("POST", "/model-versions/set-tag", { name: "wine", version: "1", key: "c", value: "d" });
  await server.ask("DELETE", "/model-versions/delete-tag", { name: "wine", version: "1", key: "a" });
  const { model_version } = await server.ask("PATCH", "/model-versions/update", {
    name: "wine",
    version: 1,
    description: "y",
  });
  expect(model_version).toMatchObject({ description: "y", tags: [{ key: "c", value: "d" }] });
});

test("an alias is moved, and names its version", async () => {
  const server = await startTestServer();
  await server.ask("POST", "/registered-models/create", { name: "wine" });
  for (let i = 0; i < 2; i++) await version(server, "wine");
  const of = async (alias: string) => {
    const { model_version } = await server.ask("GET", "/registered-models/alias", { name: "wine", alias });
    return model_version as unknown as Version;
  };
  await server.ask("POST", "/registered-models/alias", { name: "wine", alias: "champion", version: "1" });
  await server.ask("POST", "/registered-models/alias", { name: "wine", alias: "champion", version: "2" });
  await server.ask("POST", "/registered-models/alias", { name: "wine", alias: "Ärger-1", version: "2" });
  expect(await of("champion")).toMatchObject({ version: "2", aliases: ["champion", "Ärger-1"] });
  expect(await of("latest")).toMatchObject({ version: "2" });
  await server.ask("DELETE", "/registered-models/alias", { name: "wine", alias: "champion" });
  await server.ask("DELETE", "/registered-models/alias", { name: "wine", alias: "never" });
  for (const alias of ["latest", "Latest", "v3", "V12", "a b", "", "x".repeat(256)]) {
    const asked = { name: "wine", alias, version: "1" };
    expect([alias, (await refusal(server, "POST", "/registered-models/alias", asked))[0]]).toEqual([alias, 400]);
  }
  const wrong = { name: "wine", alias: "a", version: "9" };
  expect((await refusal(server, "POST", "/registered-models/alias", wrong))[0]).toBe(404);
});

test("stages", async () => {
  const server = await startTestServer();
  await server.ask("POST", "/registered-models/create", { name: "wine" });
  for (let i = 0; i < 3; i++) await version(server, "wine");
  const move = (number: string, stage: string, archive = false) =>
    server.ask("POST", "/model-versions/transition-stage", {
      name: "wine",
      version: number,
      stage,
      archive_existing_versions: archive,
    });
  await move("1", "production");
  await move("2", "Production", true);
  const latest = async (stages?: string[]) => {
    const { model_versions } = await server.ask("POST", "/registered-models/get-latest-versions", {
      name: "wine",
      stages,
    });
    return (model_versions as unknown as Version[]).map(
      ({ version: number, current_stage }) => `${number} ${current_stage}`,
    );
  };
  expect(await latest()).toEqual(["1 Archived", "2 Production", "3 None"]);
  expect(await latest(["Production"])).toEqual(["2 Production"]);
  const wrong = { name: "wine", version: "1", stage: "best" };
  expect((await refusal(server, "POST", "/model-versions/transition-stage", wrong))[2]).toBe(
    "Invalid Model Version stage: best. Value must be one of None, Staging, Production, Archived.",
  );
});

describe("searches", () => {
  const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name);

  test("of models, without prompts unless they are asked for", async () => {
    const server = await startTestServer();
    for (const name of ["wine", "Wine 2", "beer"]) await server.ask("POST", "/registered-models/create", { name });
    const prompt = [{ key: "mlflow.prompt.is_prompt", value: "true" }];
    await server.ask("POST", "/registered-models/create", { name: "ask", tags: prompt });
    await server.ask("POST", "/registered-models/set-tag", { name: "beer", key: "team", value: "x" });
    const find = async (message: JsonObject) =>
      names((await server.ask("GET", "/registered-models/search", message)).registered_models);
    expect(await find({})).toEqual(["Wine 2", "beer", "wine"]);
    expect(await find({ filter: "name LIKE 'w%'" })).toEqual(["wine"]);
    expect(await find({ filter: "name ILIKE 'w%'", order_by: "name DESC" })).toEqual(["wine", "Wine 2"]);
    expect(await find({ filter: "name IN ('beer', 'ask')" })).toEqual(["beer"]);
    expect(await find({ filter: "tags.team = 'x'" })).toEqual(["beer"]);
    expect(await find({ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" })).toEqual(["ask"]);
    expect(await find({ filter: "tags.`mlflow.prompt.is_prompt` != 'true' and name != 'beer'" })).toEqual([
      "Wine 2",
      "wine",
    ]);
    const first = await server.ask("GET", "/registered-models/search", { max_results: 2 });
    const page_token = first.next_page_token as string;
    expect(await find({ max_results: 2, page_token })).toEqual(["wine"]);
    expect((await refusal(server, "GET", "/registered-models/search", { filter: "run_id = 'x'" }))[0]).toBe(400);
    expect((await refusal(server, "GET", "/registered-models/search", { max_results: 1_001 }))[0]).toBe(400);
    expect(await refusal(server, "POST", "/registered-models/create", { name: "ask" })).toEqual([
      400,
      "RESOURCE_ALREADY_EXISTS",
      "Tried to create a registered model with name 'ask', but the name is already taken by a prompt. MLflow does not allow creating a model and a prompt with the same name.",
    ]);
  });

  test("of versions", async () => {
    const server = await startTestServer();
    for (const name of ["a", "b"]) await server.ask("POST", "/registered-models/create", { name });
    await version(server, "a", { run_id: "r1", tags: [{ key: "k", value: "v" }] });
    await version(server, "a", { run_id: "r2", source: "s3://other" });
    await version(server, "b", { run_id: "r1" });
    const find = async (filter: string, order_by: string[] = ["name", "version_number"]) => {
      const { model_versions } = await server.ask("GET", "/model-versions/search", { filter, order_by });
      return (model_versions as { name: string; version: string }[]).map((one) => one.name + one.version).join(" ");
    };
    expect(await find("")).toBe("a1 a2 b1");
    expect(await find("", ["version_number DESC", "name DESC"])).toBe("a2 b1 a1");
    expect(await find("name = 'a'")).toBe("a1 a2");
    expect(await find("version_number > 1")).toBe("a2");
    expect(await find("run_id IN ('r1')")).toBe("a1 b1");
    expect(await find("source_path LIKE 's3://o%'")).toBe("a2");
    expect(await find("tags.k = 'v'")).toBe("a1");
  });
});

test("names that could be other files, or nothing, are refused", async () => {
  const server = await startTestServer();
  for (const name of ["", "  ", "a/b", "a:b", "..", "."]) {
    const [status, code] = await refusal(server, "POST", "/registered-models/create", { name });
    expect([name, status, code]).toEqual([name, 400, "INVALID_PARAMETER_VALUE"]);
  }
  await server.ask("POST", "/registered-models/create", { name: "wine" });
  expect(await refusal(server, "POST", "/registered-models/create", { name: "wine" })).toEqual([
    400,
    "RESOURCE_ALREADY_EXISTS",
    "Registered Model (name=wine) already exists.",
  ]);
});

describe("sources", () => {
  test("of files beyond the run's or the model's own are refused", async () => {
    const server = await startTestServer();
    await server.ask("POST", "/registered-models/create", { name: "wine" });
    const { run } = await server.ask("POST", "/runs/create", { experiment_id: "0" });
    const { run_id, artifact_uri } = (run as { info: { run_id: string; artifact_uri: string } }).info;
    const refused = [
      "/etc/passwd",
      "file:///etc/passwd",
      "etc",
      "../x",
      `${artifact_uri}/../../x`,
      `${artifact_uri}/%2e%2e/%2E%2e/x`,
      `${artifact_uri}%252f..%252f..`,
      `${artifact_uri}x`,
      `${artifact_uri}/a#/../../../etc`,
      `${artifact_uri}/a;b`,
      `${artifact_uri}/a%00b`,
      "s3://bucket/../x",
      "mlflow-artifacts:/..%2f..%2fx",
      "runs:/0123456789abcdef0123456789abcdef/model",
      "models:/none/1",
      "models:/m-00000000000000000000000000000000",
      "models:/a/b/c",
    ];
    for (const source of refused) {
      const [status] = await refusal(server, "POST", "/model-versions/create", { name: "wine", source, run_id });
      expect([source, [400, 404].includes(status as number)]).toEqual([source, true]);
    }
    await version(server, "wine", { source: `${artifact_uri}/model`, run_id });
    await version(server, "wine", { source: `runs:/${run_id}/model`, run_id });
    expect((await refusal(server, "POST", "/model-versions/create", { name: "wine", source: artifact_uri }))[0]).toBe(
      400,
    );
  });

  test("that name a model lead to where its files are", async () => {
    const server = await startTestServer();
    await server.ask("POST", "/registered-models/create", { name: "wine" });
    const { run } = await server.ask("POST", "/runs/create", { experiment_id: "0" });
    const { run_id } = (run as { info: { run_id: string } }).info;
    const { model } = await server.ask("POST", "/logged-models", {
      experiment_id: "0",
      name: "m",
      source_run_id: run_id,
    });
    const { model_id, artifact_uri } = (model as { info: Record<string, string> }).info;
    const made = await version(server, "wine", { source: `models:/${model_id}`, model_id });
    expect(made.run_id).toBe(run_id);
    await version(server, "wine", { source: "models:/wine/1" });
    for (const number of ["1", "2"]) {
      const uri = await server.ask("GET", "/model-versions/get-download-uri", { name: "wine", version: number });
      expect(uri).toEqual({ artifact_uri });
    }
    const { model: noted } = await server.ask("GET", `/logged-models/${model_id}`);
    expect((noted as { info: { tags: unknown } }).info.tags).toEqual([
      {
        key: "mlflow.modelVersions",
        value: JSON.stringify([
          { name: "wine", version: 1 },
          { name: "wine", version: 2 },
        ]),
      },
    ]);
  });
});

test("what clients change is in the audit log, as done through them", async () => {
  const server = await startTestServer();
  const { audit, registry } = server.store;
  await server.ask("POST", "/registered-models/create", { name: "wine" });
  await version(server, "wine");
  await server.ask("POST", "/registered-models/alias", { name: "wine", alias: "champion", version: "1" });
  await server.ask("GET", "/registered-models/get", { name: "wine" });
  await refusal(server, "POST", "/registered-models/create", { name: "wine" });
  registry.deleteAlias("wine", "champion");
  expect(audit.list({}).map(({ action, subject, through }) => `${action} ${subject} ${through}`)).toEqual([
    "alias.delete models/wine/1 cli",
    "alias.set models/wine/1 mlflow",
    "version.register models/wine/1 mlflow",
    "model.create models/wine mlflow",
  ]);
  expect(audit.verify()).toMatchObject({ intact: true });
});
