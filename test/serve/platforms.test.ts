/** KServe's own server and client, and Azure ML's inference server, beside ours and on a bundle of ours. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { appForTest, ask, serveEnvironment } from "./app";
import { pythonOfPlatforms, runPython } from "./python";

const python = pythonOfPlatforms();
if (!python) console.warn("No MODELTRAIL_TEST_PLATFORMS_PYTHON: KServe's and Azure's own servers are not tried.");
const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-platforms-"));
const bundle = path.join(folder, "bundle");
const ROWS = [
  [1, 2, 3.5],
  [4, 5, 6],
];
const SUMS = [6.5, 15];

describe.skipIf(!python)("platforms", { timeout: 300_000 }, () => {
  beforeAll(() => runPython(python!, "kserve_bundle.py", bundle), 120_000);

  test("KServe's client cannot tell our app from KServe's own server", async () => {
    const port = await freePort();
    start(path.join(import.meta.dirname, "kserve_model.py"), String(port));
    const app = await appForTest(python!, bundle);
    await untilAnswered(port, "/v2/health/ready");
    const [theirs, ours] = JSON.parse(await runPython(python!, "ask_by_kserve.py", String(port), String(app.port)));
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({
      live: true,
      ready: true,
      model: true,
      unknown: [404, 404],
      v1: { predictions: SUMS },
    });
    expect(ours.v2).toEqual(["7", "wine", "output-0", "FP64", [2], SUMS]);
  });

  test("Azure ML's inference server runs the bundle's score.py", async () => {
    const port = await freePort();
    const run = "from azureml_inference_server_http.amlserver import run; run()";
    start("-c", run, "--entry_script", path.join(bundle, "score.py"), "--port", String(port), "--model_dir", bundle);
    await untilAnswered(port, "/");
    expect(await ask(port, "/score", { inputs: ROWS })).toMatchObject({ status: 200, json: { predictions: SUMS } });
    expect(await ask(port, "/score", { inputs: [[1, 2]] })).toMatchObject({
      status: 400,
      json: { error_code: "INVALID_PARAMETER_VALUE", message: "Row 1: expected 3 values, got 2." },
    });
    expect((await ask(port, "/score", "{")).status).toBe(400);
  });
});

/** For one test. */
function start(...args: string[]): ChildProcess {
  const child = spawn(python!, args, { env: serveEnvironment(), cwd: folder, stdio: "ignore", detached: true });
  onTestFinished(() => {
    // Azure's has processes of its own.
    if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
  });
  return child;
}

function untilAnswered(port: number, path: string): Promise<void> {
  const status = () => ask(port, path).then((told) => told.status, String);
  return expect.poll(status, { timeout: 120_000, interval: 200 }).toBe(200);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
