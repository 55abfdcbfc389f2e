/** What MLflow's own server has had to learn, as far as it is no single endpoint's: see also guard.test.ts and artifacts.test.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "./json";
import { ROUTES } from "./routes";
import { startTestServer } from "./testServer";

describe("no endpoint is outside the guard", () => {
  const paths = ROUTES.map(({ method, path }) => ({ method, path: path.replace(/\{\*?\w+\}/g, "x") }));

  /** Statuses that were given, each once. */
  async function statuses(prefix: string, headers: Record<string, string>): Promise<number[]> {
    const { uri } = await startTestServer();
    const { hostname, port } = new URL(uri);
    const ask = ({ method, path }: { method: string; path: string }) =>
      new Promise<number>((resolve, reject) => {
        const all = { "Content-Type": "application/json", "Content-Length": "2", ...headers };
        const sent = request({ hostname, port, method, path: prefix + path, headers: all }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode!));
        });
        sent.on("error", reject).end("{}");
      });
    const given = new Set<number>();
    for (const one of paths) given.add(await ask(one));
    return [...given];
  }

  test.each<[string, string, Record<string, string>]>([
    ["without the secret", "", {}],
    ["with another one", "/t/5ec2e8", {}],
    ["from a web page", "/t/5ec2e7", { Origin: "http://localhost:3000" }],
    ["by another name", "/t/5ec2e7", { Host: "10.evil.com" }],
  ])("%s", async (_what, prefix, headers) => {
    expect(await statuses(prefix, headers)).toEqual([403]);
  });
});

test("addresses that clients name are never asked for", async () => {
  let asked = 0;
  const elsewhere = createServer((_request, response) => {
    asked++;
    response.end("{}");
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void elsewhere.close());
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/x`;

  const server = await startTestServer();
  const { experiment_id } = await server.ask("POST", "/experiments/create", { name: "e", artifact_location: url });
  const { run } = await server.ask("POST", "/runs/create", { experiment_id, tags: [{ key: "t", value: url }] });
  const { run_id } = (run as { info: { run_id: string } }).info;
  const dataset = { name: "d", digest: "1", source_type: "http", source: JSON.stringify({ url }) };
  const calls: [method: string, path: string, message: JsonObject][] = [
    ["GET", "/artifacts/list", { run_id }],
    ["POST", "/runs/log-inputs", { run_id, datasets: [{ dataset }] }],
    ["POST", "/registered-models/create", { name: "m" }],
    ["POST", "/model-versions/create", { name: "m", source: url, run_id }],
    ["GET", "/model-versions/get-download-uri", { name: "m", version: "1" }],
    ["POST", "/runs/search", { experiment_ids: [experiment_id] }],
  ];
  for (const [method, path, message] of calls) await server.call(method, path, message);
  expect(asked).toBe(0);
});

test("nothing that a client sends is run, loaded, unpacked or fetched: there is nothing that could", () => {
  const sources = ["src/ingest/mlflow", "src/store/tracking", "src/store/registry", "src/store/loggedModels"].flatMap(
    (folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|^test/.test(file))
        .map((file) => join(folder, file)),
  );
  expect(sources.length).toBeGreaterThan(40);
  const means =
    /"node:(?:child_process|vm|worker_threads|zlib|https|http2|dgram|tls)"|\bfetch\(|\beval\(|new Function\(/;
  expect(sources.filter((file) => means.test(readFileSync(file, "utf8")))).toEqual([]);
});

test("pages and connections have an end", async () => {
  const server = await startTestServer();
  const many = Array.from({ length: 101 }, (_, run) => String(run).padStart(32, "0"));
  const calls: [method: string, path: string, message: JsonObject][] = [
    ["POST", "/runs/search", { experiment_ids: ["0"], max_results: 50_001 }],
    ["POST", "/experiments/search", { max_results: 50_001 }],
    ["GET", "/metrics/get-history-bulk-interval", { run_ids: many, metric_key: "m", max_results: 1 }],
    ["POST", "/runs/search", { experiment_ids: ["0"], filter: `tags.a = '${"x".repeat(100_001)}'` }],
  ];
  for (const [method, path, message] of calls) {
    const { status, body } = await server.call(method, path, message);
    expect([path, status, body.error_code]).toEqual([path, 400, "INVALID_PARAMETER_VALUE"]);
  }
  expect(server.server.http.maxConnections).toBeLessThanOrEqual(4_096);
});
