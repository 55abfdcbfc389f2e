import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "./testServer";

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A request with headers as given, which `fetch` would not let through. */
function send(
  { uri }: TestServer,
  { method = "GET", path, headers = {}, body }: Sent,
): Promise<{ status: number; text: string }> {
  const { hostname, port, pathname } = new URL(uri);
  return new Promise((resolve, reject) => {
    const target = path ?? `${pathname}/health`;
    const sent = request({ hostname, port, path: target, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text }));
    });
    sent.on("error", reject).end(body);
  });
}

const BROWSER = { Host: "127.0.0.1:1", Origin: "http://127.0.0.1:1", "Sec-Fetch-Site": "same-origin" };

test("who knows the secret and comes as a program is let in", async () => {
  const server = await startTestServer();
  expect(await send(server, {})).toEqual({ status: 200, text: "OK" });
});

describe("refused, with nothing told", () => {
  test.each([
    ["no secret", "/health"],
    ["another secret", "/t/5ec2e8/health"],
    ["part of the secret", "/t/5ec2e/health"],
    ["the secret and more", "/t/5ec2e7a/health"],
    ["the secret elsewhere", "/health?t=5ec2e7"],
    ["an encoded secret", "/t/%35ec2e7/health"],
    ["dots around it", "/x/../t/5ec2e7/health"],
    ["an absolute address", "http://127.0.0.1/t/5ec2e7/health"],
  ])("%s", async (_name, path) => {
    const { status, text } = await send(await startTestServer(), { path });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ error_code: "PERMISSION_DENIED" });
    expect(text).not.toContain("5ec2e7");
  });

  test.each([
    "localhost",
    "127.0.0.1",
    "127.0.0.1:1",
    "10.evil.com",
    "192.168.evil.com",
    "172.16.evil.com",
    "127.0.0.1.evil.com",
    "[::1]",
  ])("host %j", async (host) => {
    const server = await startTestServer();
    const port = new URL(server.uri).port;
    const named = host.includes(":1") ? host : `${host}:${port}`;
    const right = host === "127.0.0.1";
    expect((await send(server, { headers: { Host: named } })).status).toBe(right ? 200 : 403);
  });

  test.each(Object.entries(BROWSER).slice(1))("with %s", async (name, value) => {
    const server = await startTestServer();
    expect((await send(server, { headers: { [name]: value } })).status).toBe(403);
    expect((await send(server, { headers: { [name]: "null" } })).status).toBe(403);
  });
});

test("a body that a web page can send is no message", async () => {
  const server = await startTestServer();
  const path = `${new URL(server.uri).pathname}/api/2.0/mlflow/experiments/create`;
  const body = '{"name":"x"}';
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]) {
    const { status } = await send(server, { method: "POST", path, headers: { "Content-Type": type }, body });
    expect(status, type).toBe(400);
  }
  expect((await send(server, { method: "POST", path, body })).status).toBe(400);
  expect(server.store.tracking.experimentNamed("x")).toBeNull();
  const headers = { "Content-Type": "application/json; charset=utf-8" };
  expect((await send(server, { method: "POST", path, headers, body })).status).toBe(200);
});

test("a request above the limit is refused without being kept, and the connection goes on", async () => {
  const server = await startTestServer();
  const path = `${new URL(server.uri).pathname}/api/2.0/mlflow/experiments/create`;
  const body = JSON.stringify({ name: "x".repeat(33 * 1024 * 1024) });
  const headers = { "Content-Type": "application/json" };
  const { status, text } = await send(server, { method: "POST", path, headers, body });
  expect([status, JSON.parse(text).error_code]).toEqual([413, "REQUEST_TOO_LARGE"]);
  expect((await send(server, {})).status).toBe(200);
});

test("what there is not is said as JSON, so that clients do not take us for an old server", async () => {
  const server = await startTestServer();
  const { status, body } = await server.call("POST", "/gateway/secrets/create");
  expect([status, body.error_code]).toEqual([404, "ENDPOINT_NOT_FOUND"]);
  expect((await server.call("GET", "/experiments/create")).status).toBe(404);
});
