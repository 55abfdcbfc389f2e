/** `modeltrail server`, through the real program. */
import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../src/store/open";
import { baseEnvironment, makeProject, modeltrail, useCli } from "../recorder/cli";

useCli();

let project: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  project = makeProject({ "modeltrail.yaml": "" });
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

interface Server {
  uri: string;
  /** Asks it to end; gives its exit code. */
  end(): Promise<number | null>;
}

function start(...options: string[]): Promise<Server> {
  const [program, ...rest] = modeltrail("server", "--json", ...options);
  const child = spawn(program!, rest, { cwd: project, env: baseEnvironment(project) });
  started.push(child);
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return new Promise((resolve, reject) => {
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (!out.endsWith("\n")) return;
      const end = () => {
        child.kill("SIGTERM");
        return exit;
      };
      resolve({ uri: (JSON.parse(out) as { uri: string }).uri, end });
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    void exit.then(() => reject(new Error(err)));
  });
}

test("runs of its clients are runs of the project, and it has the same address the next time", async () => {
  const server = await start();
  expect(server.uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/t\/[0-9a-f]{32}$/);
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ experiment_id: "0", run_name: "from a notebook" });
  const made = await fetch(`${server.uri}/api/2.0/mlflow/runs/create`, { method: "POST", headers, body });
  expect(made.status).toBe(200);
  expect(await server.end()).toBe(0);

  const store = openStore(project);
  expect(store.listRuns({}).runs.map(({ name }) => name)).toEqual(["from a notebook"]);
  const file = join(store.folder, "server.json");
  store.close();
  if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await start();
  expect(again.uri).toBe(server.uri);
  expect(await again.end()).toBe(0);
});

test("what it cannot do is said", async () => {
  await expect(start("--host", "localhost")).rejects.toThrow(/"localhost" is no IP address/);
  await expect(start("--port", "x")).rejects.toThrow(/"x" is no port/);
  await expect(start("--artifacts", "s3")).rejects.toThrow(/Choose file or http/);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  try {
    await expect(start("--port", String(port))).rejects.toThrow(new RegExp(`Port ${port} is taken`));
  } finally {
    other.close();
  }
});

test("another name is one that clients may use, as behind a tunnel", async () => {
  const server = await start("--name", "gpu.example:8000");
  const { request } = await import("node:http");
  const status = (host: string) =>
    new Promise<number>((resolve, reject) => {
      request(`${server.uri}/health`, { headers: { Host: host } }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      })
        .on("error", reject)
        .end();
    });
  expect([await status("gpu.example:8000"), await status("gpu.example:8001")]).toEqual([200, 403]);
  await server.end();
});
