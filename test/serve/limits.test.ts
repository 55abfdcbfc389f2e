/** What the app refuses, how it ends, and what it does when it cannot serve. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { appForTest, type ServedApp, serveEnvironment, startApp } from "./app";
import { pythonThatServes, runPython } from "./python";

const python = pythonThatServes();
const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-limits-"));
const bundle = path.join(folder, "function");
const WIDTH = 13;

/** The model of these tests does what the first number says: see make_bundles.py. */
const asks = (first: number, count = 1, params: object = {}) => ({
  instances: Array.from({ length: count }, () => [first, ...Array(WIDTH - 1).fill(1)]),
  params,
});
const slow = (seconds: number) => asks(-1, 1, { seconds });

describe.skipIf(!python)("limits", { timeout: 300_000 }, () => {
  let app: ServedApp;
  const limits = [
    "--max-body",
    "20000",
    "--max-rows",
    "50",
    "--max-seconds",
    "30",
    "--max-concurrent",
    "3",
    "--threads",
    "2",
  ];

  beforeAll(async () => {
    await runPython(python!, "make_bundles.py", folder, "function", "joblib");
    app = await startApp(python!, bundle, limits, { MODELTRAIL_SERVE_TOKEN: "open sesame" });
  }, 300_000);
  afterAll(() => app?.end());
  const TOKEN = { headers: { authorization: "Bearer open sesame" } };

  test("a token is asked for, except by who asks whether it is ready", async () => {
    expect(await app.ask("/invocations", asks(1))).toMatchObject({
      status: 401,
      headers: { "www-authenticate": "Bearer" },
    });
    for (const said of ["Bearer open", "Bearer open sesame2", "Basic open sesame", "Bearer ö"]) {
      const headers = { authorization: Buffer.from(said).toString("latin1") };
      expect((await app.ask("/invocations", asks(1), { headers })).status).toBe(401);
    }
    for (const path of ["/metrics", "/v2/models/wine", "/openapi.json"]) expect((await app.ask(path)).status).toBe(401);
    for (const path of ["/ping", "/health", "/v2/health/ready", "/v2/health/live", "/v2/models/wine/ready"]) {
      expect((await app.ask(path)).status).toBe(200);
    }
    expect((await app.ask("/invocations", asks(1), TOKEN)).status).toBe(200);
  });

  test("requests that are too large are refused, told their length or not", async () => {
    const large = Buffer.alloc(20_001, " ");
    expect(await app.ask("/invocations", large, TOKEN)).toMatchObject({
      status: 413,
      json: { message: expect.stringContaining("20000 bytes") },
    });
    expect((await app.ask("/invocations", large, { ...TOKEN, chunked: true })).status).toBe(413);
    expect((await app.ask("/invocations", asks(1, 50), { ...TOKEN, chunked: true })).status).toBe(200);
    const many = await app.ask("/invocations", asks(1, 51), TOKEN);
    expect(many).toMatchObject({
      status: 413,
      json: { message: "The request has 51 rows; this server takes 50 at once." },
    });
  });

  test("health is answered while the model works, and what is too much is told to come again", async () => {
    const working = [slow(4), slow(4), slow(0)].map((body) => app.ask("/invocations", body, TOKEN));
    const metrics = async () => (await app.ask("/metrics", undefined, TOKEN)).text;
    await expect.poll(metrics, { timeout: 20_000 }).toMatch(/in_flight 3/);
    expect((await app.ask("/ping")).status).toBe(200);
    expect(await app.ask("/invocations", slow(0), TOKEN)).toMatchObject({
      status: 503,
      headers: { "retry-after": "1" },
    });
    expect((await Promise.all(working)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("what takes too long ends", async () => {
    const short = await appForTest(python!, bundle, ["--max-seconds", "1"]);
    const late = await short.ask("/invocations", slow(600));
    expect(late).toMatchObject({
      status: 504,
      json: { message: expect.stringContaining("did not answer within 1 sec") },
    });
  });

  test("what the model raises goes to the log under a reference, and to no caller", async () => {
    for (const first of [-2, -4, -5, -6]) {
      const { status, json, text } = await app.ask("/invocations", asks(first), TOKEN);
      expect(status).toBe(500);
      expect(json.message).toMatch(/look for [0-9a-f]{12}\.$/);
      expect(text).not.toMatch(/secret|Traceback|\.py/);
      const reference = /look for (\w+)/.exec(json.message)![1]!;
      await expect.poll(() => app.log()).toContain(reference);
    }
    expect(app.log()).toContain("RuntimeError: a secret of the model");
    const odd = await app.ask("/invocations", asks(-3), TOKEN);
    expect(odd.json).toEqual({ predictions: [null, null] });
  });

  test.each(["", '{"inst'])("a body that does not come to its end (%j) does not hold up others", async (begun) => {
    const short = await appForTest(python!, bundle, ["--max-seconds", "3"]);
    const socket = connect(short.port, "127.0.0.1");
    const head = "POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    socket.write(`${head}Content-Length: 100\r\n\r\n${begun}`);
    let told = "";
    socket.on("data", (part) => {
      told += part;
    });
    expect((await short.ask("/invocations", asks(1))).status).toBe(200);
    await once(socket, "close");
    expect(told).toMatch(/^HTTP\/1.1 408 /);
  });
});

describe.skipIf(!python)("start and end", { timeout: 300_000 }, () => {
  beforeAll(() => runPython(python!, "make_bundles.py", folder, "function", "joblib"), 300_000);

  test("requests under way are answered before it ends, and no new ones are taken", async () => {
    const app = await appForTest(python!, bundle);
    const under = app.ask("/invocations", slow(1));
    await expect.poll(async () => (await app.ask("/metrics")).text).toMatch(/in_flight 1/);
    const ended = app.end();
    expect((await under).status).toBe(200);
    expect(await ended).toBe(0);
    await expect(app.ask("/ping")).rejects.toThrow();
  });

  test.each(["1", "2"])(
    "told to linger, a connection that was idle is answered once more (%s processes)",
    async (workers) => {
      const app = await appForTest(python!, bundle, ["--workers", workers, "--linger-seconds", "60"]);
      const idle = connect(app.port, "127.0.0.1");
      const send = async () => {
        idle.write("GET /ping HTTP/1.1\r\nhost: x\r\n\r\n");
        return String((await once(idle, "data"))[0]);
      };
      expect(await send()).not.toMatch(/^connection: close/im);
      const ended = app.end();
      await expect.poll(() => app.ask("/ping").catch(() => "refused"), { timeout: 20_000 }).toBe("refused");
      const closed = once(idle, "close");
      expect(await send()).toMatch(/^HTTP\/1\.1 200[\s\S]*^connection: close/im);
      await closed;
      expect(await ended).toBe(0);
    },
  );

  test("what does not come to its end is not waited for without limit", async () => {
    const app = await appForTest(python!, bundle, ["--drain-seconds", "1"]);
    const under = app.ask("/invocations", slow(600)).catch(() => undefined);
    await expect.poll(async () => (await app.ask("/metrics")).text).toMatch(/in_flight 1/);
    expect(await app.end()).toBe(0);
    await under;
  });

  test("it ends when the process that started it is gone, however that went", async () => {
    const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const app = await appForTest(python!, bundle, ["--with-parent", String(parent.pid)]);
    const closed = once(app.child, "close");
    parent.kill("SIGKILL");
    await closed;
    expect(app.child.exitCode).toBe(0);
  });

  test("also while its model is read, whose code never sees the token", async () => {
    const loading = path.join(folder, "loading");
    cpSync(bundle, loading, { recursive: true });
    const model =
      "import os, time\ndef load(folder):\n    open(folder + '/token', 'w').write(str(os.environ.get('MODELTRAIL_SERVE_TOKEN')))\n    os.rename(folder + '/token', folder + '/begun')\n    time.sleep(600)\ndef predict(inputs: list): ...\n";
    writeFileSync(path.join(loading, "model", "predict.py"), model);
    const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const token = { MODELTRAIL_SERVE_TOKEN: "open sesame" };
    const ended = startApp(python!, loading, ["--with-parent", String(parent.pid)], token).then(
      () => "It started.",
      () => "It ended.",
    );
    const begun = path.join(loading, "model", "begun");
    await expect.poll(() => existsSync(begun), { timeout: 60_000 }).toBe(true);
    expect(readFileSync(begun, "utf8")).toBe("None");
    parent.kill("SIGKILL");
    expect(await ended).toBe("It ended.");
  });

  test("several processes share the port and the metrics; one that dies is replaced; all end together", async () => {
    const app = await appForTest(python!, bundle, ["--workers", "2"]);
    const others = await childrenOf(app.pid);
    expect(others).toHaveLength(2);
    const told = await Promise.all(Array.from({ length: 20 }, () => app.ask("/invocations", asks(1))));
    expect(told.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await app.ask("/metrics")).text).toMatch(/status="2xx"\} 20$/m);
    process.kill(others[0]!, "SIGKILL");
    await expect
      .poll(() => childrenOf(app.pid), { timeout: 60_000 })
      .toSatisfy((now: number[]) => now.length === 2 && !now.includes(others[0]!));
    expect(await app.end()).toBe(0);
    for (const pid of others) await expect.poll(() => exists(pid)).toBe(false);
  });

  test("processes of one port end with the one that started them, even when that is killed", async () => {
    const app = await appForTest(python!, bundle, ["--workers", "2"]);
    const others = await childrenOf(app.pid);
    await app.end("SIGKILL");
    for (const pid of others) await expect.poll(() => exists(pid), { timeout: 30_000 }).toBe(false);
  });

  test("a model that fails at its own sample starts, and says so", async () => {
    const failing = path.join(folder, "failing");
    cpSync(bundle, failing, { recursive: true });
    writeFileSync(path.join(failing, "sample.json"), JSON.stringify({ request: asks(-2), response: null }));
    const app = await appForTest(python!, failing);
    expect(app.log()).toMatch(/fails at its own sample[\s\S]*RuntimeError: a secret of the model/);
    expect((await app.ask("/v2/health/ready")).json).toEqual({ ready: true, sample: "failed" });
    expect((await app.ask("/v2/models/wine/ready")).json).toEqual({ name: "wine", ready: true, sample: "failed" });
    expect((await app.ask("/v2/models/wine")).json.fault).toBe("RuntimeError: a secret of the model");
    expect((await app.ask("/invocations", asks(1))).status).toBe(200);
  });

  test("it says why it cannot serve", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => {
      taken.close();
    });
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const said = (from: string, ...args: string[]) => startApp(python!, from, args).then(() => "It started.", String);
    expect(await said(bundle, "--port", String(port))).toContain(`Port ${port} is taken by another program.`);
    expect(await said(tmpdir())).toContain("There is no bundle in");
    const broken = path.join(folder, "broken");
    cpSync(path.join(folder, "joblib"), broken, { recursive: true });
    writeFileSync(path.join(broken, "model", "model.joblib"), "this is no model");
    expect(await said(broken)).toContain("The model could not be loaded: ");
    expect(await said(broken, "--workers", "2")).toContain("The model could not be loaded: ");
  });
});

/** Those that answer: Python's own helper for shared memory is not one of them. */
async function childrenOf(pid: number): Promise<number[]> {
  const program =
    "import sys,subprocess as s; print(s.run(['ps','-o','pid=,args=','--ppid',sys.argv[1]],capture_output=True,text=True).stdout)";
  const child = spawn(python!, ["-c", program, String(pid)], { env: serveEnvironment() });
  let text = "";
  child.stdout.on("data", (part) => {
    text += part;
  });
  await once(child, "close");
  return text
    .split("\n")
    .filter((line) => line.includes("spawn_main"))
    .map((line) => Number.parseInt(line, 10));
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
