/** What clients do to a server that is not in MLflow's book. */
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newRun } from "../../store/testStore";
import { startTestServer, type TestServer } from "./testServer";

/** A connection on which text is sent as it stands; gives all that comes until the server has said `until`, or closes. */
function talk({ uri }: TestServer, text: string, until = "}"): Promise<string> {
  const { hostname, port } = new URL(uri);
  return new Promise((resolve, reject) => {
    let said = "";
    const socket: Socket = connect({ host: hostname, port: Number(port) }, () => socket.write(text));
    socket.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      if (said.includes(until)) socket.end();
    });
    socket.on("close", () => resolve(said)).on("error", reject);
  });
}

test("200 connections at once lose nothing", async () => {
  const server = await startTestServer();
  const run_id = server.store.createRun(newRun());
  const { hostname, port, pathname } = new URL(server.uri);
  const post = (key: string, step: number) => {
    const body = JSON.stringify({ run_id, key, value: step, timestamp: 1_000 + step, step });
    return `POST ${pathname}/api/2.0/mlflow/runs/log-metric HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  // Five requests each, without waiting for the replies.
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, client) => {
      const requests = Array.from({ length: 5 }, (_, step) => post(`m${client % 40}`, client * 5 + step));
      return talk(
        server,
        `${requests.join("")}GET ${pathname}/last HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`,
        "ENDPOINT_NOT_FOUND",
      );
    }),
  );
  for (const reply of replies) expect(reply.match(/HTTP\/1\.1 200 /g)).toHaveLength(5);
  const { metrics } = server.store.getSummaries([run_id])[0]!;
  expect(Object.values(metrics).map(({ count }) => count)).toEqual(Array.from({ length: 40 }, () => 25));
});

test("logins of another server, which clients send along, are kept nowhere", async () => {
  const errors: unknown[] = [];
  const server = await startTestServer({ onError: (error) => errors.push(error) });
  const run_id = server.store.createRun(newRun());
  const secrets = ["aHVudGVyOmh1bnRlcjI", "c2Vzc2lvbi1jb29raWU"];
  const headers = {
    "Content-Type": "application/json",
    Authorization: `Basic ${secrets[0]}`,
    Cookie: `session=${secrets[1]}`,
  };
  const body = JSON.stringify({ run_id, key: "m", value: 1, timestamp: 1 });
  for (const path of ["log-metric", "log-batch", "none"]) {
    await fetch(`${server.uri}/api/2.0/mlflow/runs/${path}`, { method: "POST", headers, body });
  }
  const files = readdirSync(server.store.folder, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const kept = files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("");
  expect(kept).toContain(run_id);
  for (const secret of secrets) expect(kept).not.toContain(secret);
  expect(errors).toEqual([]);
});

test("what is no HTTP, and connections that are cut off, do not disturb others", async () => {
  const server = await startTestServer();
  expect(await talk(server, "hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  const { hostname, port, pathname } = new URL(server.uri);
  const start = `POST ${pathname}/api/2.0/mlflow/experiments/create HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name"`;
  await new Promise<void>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(start, () => socket.destroy()));
    socket.on("close", () => resolve());
  });
  await server.ask("POST", "/experiments/create", { name: "after" });
  expect(server.store.tracking.experimentNamed("after")).not.toBeNull();
});

test("a fault of ours is said once, and may be kept by its owner to be tried again", async () => {
  const kept: { method: string; path: string; body: string }[] = [];
  const errors: unknown[] = [];
  let keep = false;
  const server = await startTestServer({
    onError: (error) => errors.push(error),
    hooks: {
      onFault(request) {
        if (keep) kept.push(request);
        return keep;
      },
    },
  });
  const { store } = server;
  const run_id = store.createRun(newRun());
  const { log } = store.tracking;
  store.tracking.log = () => {
    throw new Error("disk full");
  };
  const metric = { run_id, key: "m", value: 1, timestamp: 1 };
  expect((await server.call("POST", "/runs/log-metric", metric)).status).toBe(500);
  expect(errors).toHaveLength(1);
  keep = true;
  expect(await server.call("POST", "/runs/log-metric", metric)).toEqual({ status: 200, body: {} });
  store.tracking.log = log;
  expect(store.metricHistory(run_id, "m", 0, 1).total).toBe(0);
  await server.server.replay(kept[0]!);
  expect(store.metricHistory(run_id, "m", 0, 1).total).toBe(1);
});
