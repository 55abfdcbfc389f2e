import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { newRun, tempFolder } from "../../../store/testStore";
import { startTestServer, type TestServer } from "../testServer";

let server: TestServer;
let run: string;
let folder: string;

beforeEach(async () => {
  server = await startTestServer({ artifacts: "http" });
  run = server.store.createRun(newRun());
  folder = join(server.store.runFolder(run), "artifacts");
});

/** With the path as given: `fetch` would put dots in it right. */
function send(
  method: string,
  path: string,
  body?: string | Buffer,
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  const { hostname, port, pathname } = new URL(server.uri);
  return new Promise((resolve, reject) => {
    const target = `${pathname}/api/2.0/mlflow-artifacts/artifacts${path}`;
    const sent = request({ hostname, port, method, path: target }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode!, body: text, headers: response.headers }));
    });
    sent.on("error", reject).end(body);
  });
}

test("a run's artifacts are put, listed and read", async () => {
  const { run: made } = await server.ask("GET", "/runs/get", { run_id: run });
  expect((made as { info: object }).info).toMatchObject({ artifact_uri: `mlflow-artifacts:/runs/${run}/artifacts` });
  expect((await send("PUT", `/runs/${run}/artifacts/a/%C3%A4%20b.txt`, "one")).status).toBe(200);
  expect((await send("PUT", `/runs/${run}/artifacts/a/%C3%A4%20b.txt`, "hello")).body).toBe("{}");
  expect(readFileSync(join(folder, "a", "ä b.txt"), "utf8")).toBe("hello");
  const got = await send("GET", `/runs/${run}/artifacts/a/%C3%A4%20b.txt`);
  expect(got).toMatchObject({
    status: 200,
    body: "hello",
    headers: { "x-content-type-options": "nosniff", "content-disposition": expect.stringMatching(/^attachment/) },
  });
  expect(JSON.parse((await send("GET", `?path=runs/${run}/artifacts`)).body)).toEqual({
    files: [{ path: "a", is_dir: true }],
  });
  expect(await server.ask("GET", "/artifacts/list", { run_id: run, path: "a" })).toEqual({
    root_uri: `mlflow-artifacts:/runs/${run}/artifacts`,
    files: [{ path: "a/ä b.txt", is_dir: false, file_size: 5 }],
  });
  expect(await server.ask("GET", "/artifacts/list", { run_id: run, path: "none" })).toMatchObject({ files: [] });
  expect((await send("GET", `/runs/${run}/artifacts/none`)).status).toBe(404);
});

test("an empty file, and one of many megabytes", async () => {
  const large = Buffer.alloc(40 * 1024 * 1024, "ab");
  expect((await send("PUT", `/runs/${run}/artifacts/large`, large)).status).toBe(200);
  expect((await send("PUT", `/runs/${run}/artifacts/empty`)).status).toBe(200);
  expect(readFileSync(join(folder, "large")).equals(large)).toBe(true);
  expect((await send("GET", `/runs/${run}/artifacts/empty`)).body).toBe("");
});

test("what did not come whole is not there", async () => {
  const { hostname, port, pathname } = new URL(server.uri);
  await new Promise<void>((resolve) => {
    const path = `${pathname}/api/2.0/mlflow-artifacts/artifacts/runs/${run}/artifacts/half`;
    const sent = request({ hostname, port, method: "PUT", path, headers: { "Content-Length": 1_000 } });
    sent.on("error", () => resolve());
    sent.write("half", () => sent.destroy(new Error("cut")));
  });
  await expect
    .poll(() => readdirSync(join(server.store.folder, "tmp")).filter((name) => name.startsWith("upload-")))
    .toEqual([]);
  expect((await send("GET", `/runs/${run}/artifacts/half`)).status).toBe(404);
});

describe("no way out", () => {
  const paths = (below: string) => [
    `${below}/../output.log`,
    `${below}/%2e%2e/output.log`,
    `${below}/a/..%2f..%2foutput.log`,
    `${below}/%252e%252e/output.log`,
    `${below}/..%5coutput.log`,
    `${below}//etc/passwd`,
    `${below}/%2fetc/passwd`,
    `${below}/C:%5cx`,
    `${below}/a%00b`,
    `${below}/a%0ab`,
    `${below}/a;x`,
    `${below}/a%23x`,
    `${below}/con.txt`,
    `${below}/NUL`,
    `${below}/a.`,
    `${below}/.`,
    `${below}/...`,
  ];

  test("of a run's artifacts", async () => {
    writeFileSync(server.store.logPath(run), "secret");
    for (const path of paths(`/runs/${run}/artifacts`)) {
      for (const method of ["GET", "PUT"]) {
        const { status, body } = await send(method, path, method === "PUT" ? "x" : undefined);
        expect([method, path, status]).toEqual([method, path, 400]);
        expect(body).not.toContain("secret");
      }
    }
    expect(readFileSync(server.store.logPath(run), "utf8")).toBe("secret");
  });

  test.each([
    "",
    "/db.sqlite",
    "/runs",
    "/objects/aa/bb",
    "/runs/x/artifacts/a",
    "/C:/x",
    "/artifacts/x/a",
    "/models/m-1/artifacts/a",
  ])("to %j", async (path) => {
    expect((await send("GET", path === "" ? "/" : path)).status).toBe(400);
    expect((await send("PUT", path === "" ? "/" : path, "x")).status).toBe(400);
  });

  test("by what is listed", async () => {
    for (const path of ["..", "../..", "/etc", "a/../..", "runs", `runs/${run}`, `runs/${run}/../..`]) {
      expect((await send("GET", `?path=${encodeURIComponent(path)}`)).status, path).toBe(400);
    }
    for (const path of ["..", "/etc", "a/../.."]) {
      expect((await server.call("GET", "/artifacts/list", { run_id: run, path })).status, path).toBe(400);
    }
  });

  test("along links", async () => {
    const outside = tempFolder();
    writeFileSync(join(outside, "file"), "secret");
    mkdirSync(folder, { recursive: true });
    symlinkSync(outside, join(folder, "link"));
    symlinkSync(join(outside, "file"), join(folder, "file"));
    for (const path of ["link/file", "link/new", "file"]) {
      for (const method of ["GET", "PUT"])
        expect((await send(method, `/runs/${run}/artifacts/${path}`)).status).toBe(400);
    }
    expect(await server.ask("GET", "/artifacts/list", { run_id: run })).toMatchObject({ files: [] });
    expect(readdirSync(outside)).toEqual(["file"]);
  });

  test("and nothing is deleted", async () => {
    await send("PUT", `/runs/${run}/artifacts/a`, "x");
    expect((await send("DELETE", `/runs/${run}/artifacts/a`)).status).toBe(404);
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});

test("artifacts that are elsewhere are not asked for by us", async () => {
  const message = { name: "e", artifact_location: "file:///etc" };
  const { experiment_id } = await server.ask("POST", "/experiments/create", message);
  const { run: made } = await server.ask("POST", "/runs/create", { experiment_id });
  const { run_id, artifact_uri } = (made as { info: Record<string, string> }).info;
  expect(artifact_uri).toBe(`file:///etc/${run_id}/artifacts`);
  expect((await server.call("GET", "/artifacts/list", { run_id })).status).toBe(501);
});
