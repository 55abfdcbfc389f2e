/** What keeps an endpoint on another machine, in each Python that it may meet; against the real app: test/targets/serveSsh.test.ts. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { remoteAccess } from "../../src/deploy/ssh/access";
import { askEndpoint, type Started } from "../../src/deploy/ssh/endpointProgram";
import { sendBundle } from "../../src/deploy/ssh/sendBundle";
import { createLocalHost } from "../../src/targets/host/local";
import { findPythons, tracerFolder } from "../tracer/python";
import { stubBundle } from "./endpointBundle";

const pythons = findPythons();
const [oldest, newest] = [pythons[0]!, pythons.at(-1)!];
const MARK = `endpoint-${randomUUID()}`;

function endpoint(python: string) {
  const home = mkdtempSync(path.join(tmpdir(), "modeltrail endpoint "));
  const host = createLocalHost({ ...process.env, HOME: home });
  const on = { host, python, endpoints: "~/deployments" };
  const folder = "~/deployments/wine";
  const there = path.join(home, "deployments/wine");
  const signal = AbortSignal.timeout(60_000);
  onTestFinished(async () => {
    await askEndpoint(on, folder, "stop", { args: [MARK], signal: AbortSignal.timeout(30_000) });
    rmSync(home, { recursive: true, force: true });
  });

  const bundle = (version: string) => stubBundle(home, version);
  async function send(version: string, onStep: (detail: string) => void = () => {}) {
    await sendBundle(on, folder, await bundle(version), { onStep, signal });
  }
  async function start(version: string, token: string | null = "a token"): Promise<Started> {
    await send(version);
    const order = {
      ...{ id: version, version: 1, bundle: `hash-${version}`, signature: version, env: {}, drain: 5 },
      ...{ arguments: ["--bundle", `bundles/hash-${version}`], activate: { kind: "python" as const, path: python } },
    };
    const input = { order, address: { host: "127.0.0.1", port: 0 }, token, mark: MARK, seconds: 30 };
    return askEndpoint(on, folder, "start", { input, signal });
  }
  const switchTo = (version: string, kept = 3) =>
    askEndpoint(on, folder, "switch", { args: [version, String(kept)], signal });
  async function ask(server: string | null = null) {
    const access = remoteAccess(on, { folder, server, url: null, token: null, signal });
    return JSON.parse((await access.request("/")).body.toString());
  }
  const status = () => askEndpoint(on, folder, "status", { signal });
  return { on, folder, there, bundle, send, start, switchTo, ask, status, signal };
}

test.each([...new Set([oldest, newest])])(
  "Python $version: serves, exchanges, goes on and goes",
  async ({ executable }) => {
    const { on, folder, there, start, switchTo, ask, status, signal } = endpoint(executable);
    expect(await status()).toEqual({ keeper: "none" });
    expect(await start("one")).toMatchObject({ id: "one", live: false });
    expect(await switchTo("one")).toMatchObject({ address: { host: "127.0.0.1" } });
    expect(await start("two")).toMatchObject({ id: "two", live: false });
    expect([await ask("two"), await ask()]).toEqual([
      { version: "two", token: "a token" },
      { version: "one", token: "a token" },
    ]);
    expect(await start("fails")).toMatchObject({
      fault: "It ended with exit code 1.",
      log: expect.arrayContaining(["this model cannot be read"]),
    });
    mkdirSync(path.join(there, "incoming-hash-three"));
    expect(await askEndpoint(on, folder, "drop", { args: ["one", "0"], signal })).toEqual({ live: "one" });
    expect(readdirSync(there)).not.toContain("incoming-hash-three");
    expect(readdirSync(path.join(there, "bundles")).sort()).toEqual(expect.arrayContaining(["hash-one", "hash-two"]));
    expect((await ask()).version).toBe("one");
    await switchTo("two", 0);
    expect((await ask()).version).toBe("two");
    const bundles = () => switchTo("two", 0).then(() => readdirSync(path.join(there, "bundles")));
    // That of a server that has not quite gone stays.
    await expect.poll(bundles, { timeout: 20_000 }).toEqual(["hash-two"]);
    const known = await status();
    if (known.keeper !== "alive") throw new Error(JSON.stringify(known));
    expect(known).toMatchObject({ live: "two", ping: 200, servers: [{ id: "two", state: "live" }] });
    expect(await askEndpoint(on, folder, "stop", { args: [MARK], signal })).toEqual({ found: true, left: [] });
    expect(await status()).toEqual({ keeper: "none" });
  },
);

test("what another bundle there has as well is not sent, and what arrives otherwise is sent again", async () => {
  const { there, send, bundle } = endpoint(newest.executable);
  const steps: string[] = [];
  await send("one");
  const { manifest } = await bundle("second");
  const sizes = Object.fromEntries(manifest.files.map((file) => [file.path, file.size]));
  // Broken off, and of another content since.
  mkdirSync(path.join(there, "incoming-hash-second"));
  writeFileSync(path.join(there, "incoming-hash-second/version"), "sec");
  await send("second", (step) => steps.push(step));
  expect(steps).toEqual([`Sending version 1 to this machine (${sizes.version} B)`]);
  await send("second", (step) => steps.push(step));
  expect(steps).toHaveLength(1);
  expect(readdirSync(path.join(there, "bundles")).sort()).toEqual(["hash-one", "hash-second"]);
});

test("a server that hangs is found, and the log does not grow without end", () => {
  const program = `
import os, socket, sys, threading, time
sys.path[:0] = sys.argv[1:3]
import pulse, serverlog
pulse.EVERY = 0.02
silent = socket.create_server(("127.0.0.1", 0))
lost = pulse.Pulse(silent.getsockname()[1])
def answer(server):
    while True:
        connection, _ = server.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n")
        connection.close()
well = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=answer, args=(well,), daemon=True).start()
while not lost.is_lost():
    time.sleep(0.01)
pulse.EVERY = 0.3
heard = pulse.Pulse(well.getsockname()[1])
heard.silences = 5
while heard.silences > 0:
    time.sleep(0.01)
serverlog.LARGEST = 100
log = serverlog.ServerLog(sys.argv[3])
for number in range(50):
    log.say("line %d" % number)
sizes = [os.path.getsize(sys.argv[3] + end) for end in ("", ".1")]
print(lost.is_lost(), heard.is_lost(), max(sizes) <= 100, serverlog.last_lines(sys.argv[3], 2))
`;
  const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const root = path.dirname(tracerFolder);
  const given = [path.join(root, "endpoint"), path.join(root, "agent"), path.join(folder, "log")];
  const said = execFileSync("python3", ["-c", program, ...given], { encoding: "utf8" });
  expect(said).toBe("True False True ['line 48', 'line 49']\n");
});
