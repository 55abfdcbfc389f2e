/** Deployments on this machine with real processes: the real command, and stubs for models. */
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../src/deploy/compatibility/trialServer";
import { readControlFile, readGatewayFile, writeControlFile } from "../../src/deploy/gateway/files";
import { httpCall } from "../../src/deploy/gateway/httpCall";
import { countPredictions, findPrediction, readPredictions } from "../../src/deploy/predictions/read";
import { isLocked, takeLock } from "../../src/store/fileLock";
import { isAlive, processIdentity } from "../../src/store/process";
import { baseEnvironment, makeProject, modeltrail, python, useCli } from "../recorder/cli";
import { ask, localDeployment, stream, until } from "./local";

useCli();

/** The keeper of a gateway. */
const parentOf = (pid: number) => Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
const SLOW = JSON.stringify({ sleep: 2 });
const served = (folder: string) => readGatewayFile(folder)!.servers;

test("a version is exchanged for another under a steady stream without a failed request, and a bad one is not let in", async () => {
  const { apply, plan, route, folder, status, predictions, steps } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  expect(await status()).toMatchObject({ state: "live", endpoint: url, versions: [{ version: 1, ready: true }] });
  const callers = stream(url, 200);
  await until(() => callers.count() > 50, "answers");
  const [first] = served(folder);

  // Tried by a way that callers do not have; it fails, and nothing has changed.
  const bad = apply(plan([route(2, { stub: { status: 500 } })]), {
    async verify(_route, access) {
      const answer = await access.request("/invocations", { body: "{}" });
      throw new Error(`smoke test: ${answer.status}`);
    },
  });
  await expect(bad).rejects.toThrow("smoke test: 500");
  await expect(apply(plan([route(3, { stub: { fails: true } })]))).rejects.toThrow(
    /Version 3 does not start\. The model server ended with exit code 3\.[\s\S]*cannot be read/,
  );
  expect(served(folder)).toEqual([first]);

  await apply(plan([route(4)]));
  const before = callers.count();
  await until(() => callers.count() > before + 100, "more answers");
  const { answers, unanswered } = await callers.end();
  expect({ unanswered, statuses: [...new Set(answers.map((one) => one.status))] }).toEqual({
    unanswered: 0,
    statuses: [200],
  });
  expect([...new Set(answers.map((one) => one.version))]).toEqual(["1", "4"]);
  expect(isAlive(first!.process!)).toBe(false);
  expect(served(folder).map(({ version }) => version)).toEqual([4]);
  expect(steps.filter((step) => step.startsWith("switch"))).toHaveLength(2);

  // Each answer is in the log under the id that it came with, and nothing else is.
  expect(countPredictions(predictions)).toBe(answers.length);
  const one = findPrediction(predictions, answers[7]!.id!)!.prediction;
  expect(one).toMatchObject({ version: 1, role: "champion", status: 200, path: "/invocations" });
  expect(JSON.parse(one.outputs!)).toEqual(answers[7]!.body);
});

test("champion and challenger share the requests, a shadow gets copies, a key and a version are kept to", async () => {
  const { apply, plan, route, predictions } = localDeployment();
  const routes = [
    route(1, { percent: 70 }),
    route(2, { role: "challenger", percent: 30 }),
    route(3, { role: "shadow", percent: 100, stub: { status: 500 } }),
  ];
  const { url } = (await apply(plan(routes))) as { url: string };
  const count = 400;
  for (let turn = 0; turn < count; turn += 8) {
    await Promise.all(Array.from({ length: 8 }, () => ask(url, { inputs: [1] })));
  }
  const shares = (role: "champion" | "challenger" | "shadow") => countPredictions(predictions, { role });
  await until(() => shares("shadow") === count, "all copies");
  expect(shares("champion") + shares("challenger")).toBe(count);
  // Five standard deviations.
  expect(Math.abs(shares("challenger") - count * 0.3)).toBeLessThan(5 * Math.sqrt(count * 0.3 * 0.7));
  const [copy] = readPredictions(predictions, { role: "shadow", limit: 1 });
  expect(findPrediction(predictions, copy!.of!)!.prediction.role).not.toBe("shadow");
  expect(copy).toMatchObject({ version: 3, status: 500 });

  const keyed = await Promise.all(Array.from({ length: 12 }, () => ask(url, {}, { "x-modeltrail-key": "user-1" })));
  expect(new Set(keyed.map(({ version }) => version)).size).toBe(1);
  expect((await ask(url, {}, { "x-modeltrail-version": "2" })).version).toBe("2");
  const other = await ask(url, {}, { "x-modeltrail-version": "3" });
  expect(other).toMatchObject({ status: 404, body: { error: "Version 3 is not served here. Served: 1, 2." } });
});

test("a gateway that is killed under load comes back, goes on with its servers, and no acknowledged prediction is lost", async () => {
  const { apply, plan, route, folder, status, predictions } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  const [server] = served(folder);
  const callers = stream(url, 100);
  await until(() => callers.count() > 100, "answers");
  const killed = readControlFile(folder)!.process;
  process.kill(killed.pid, "SIGKILL");
  await until(async () => (await status()).state === "live" && !isAlive(killed), "another gateway");
  const before = callers.count();
  await until(() => callers.count() > before + 50, "answers of the next one");
  const { answers } = await callers.end();
  expect(served(folder)).toEqual([server]);
  expect(isAlive(server!.process!)).toBe(true);
  const told = answers.flatMap(({ id }) => id ?? []);
  expect(told).toHaveLength(answers.length);
  const kept = new Set(readPredictions(predictions, { limit: 10_000 }).map(({ id }) => id));
  expect(told.filter((id) => !kept.has(id))).toEqual([]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

test("a model server that is killed is started again; who was just asking it is answered by the next one", async () => {
  const { apply, plan, route, folder, status, root } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  const [before] = served(folder);
  const mark = join(root, "asked");
  const slow = ask(url, { sleep: 1, mark });
  await until(() => existsSync(mark), "it is asked");
  process.kill(before!.process!.pid, "SIGKILL");
  expect(await slow).toMatchObject({ status: 200, version: "1" });
  expect(served(folder)[0]!.process!.pid).not.toBe(before!.process!.pid);
  expect((await status()).state).toBe("live");
});

test("a server that is starting when the gateway dies goes on, and is waited for by the next change", async () => {
  const { apply, plan, route, folder, root, status } = localDeployment();
  await apply(plan([route(1)]));
  const waits = join(root, "may-start");
  const next = plan([route(2, { stub: { waits } })]);
  const cut = expect(apply(next)).rejects.toThrow("The gateway went away meanwhile");
  const second = () => served(folder).find(({ version }) => version === 2)?.process;
  await until(() => second() != null, "the second one is starting");
  const begun = second()!;
  const killed = readControlFile(folder)!.process;
  process.kill(killed.pid, "SIGKILL");
  await cut;
  await until(async () => !isAlive(killed) && (await status()).state === "live", "another gateway");
  let verified = 0;
  const applied = apply(next, {
    onStep: (_step, detail) => void (detail.startsWith("Waiting for version 2") && writeFileSync(waits, "")),
    verify: async () => void verified++,
  });
  await applied;
  expect(served(folder).map((server) => server.process)).toEqual([begun]);
  expect(isAlive(begun)).toBe(true);
  expect(verified).toBe(1);
});

test("once it is switched to, a version stays, whatever becomes of the gateway or of who asked for it", async () => {
  const { apply, plan, route, folder, status } = localDeployment();
  await apply(plan([route(1)]));
  const gone = new AbortController();
  const onStep = (step: string) => {
    if (step === "switch") setImmediate(() => gone.abort(new Error("given up")));
    if (step !== "stop") return;
    process.kill(readControlFile(folder)!.process.pid, "SIGKILL");
    throw new Error("who listens fails, too");
  };
  const { url } = (await apply(plan([route(2)]), { onStep, signal: gone.signal })) as { url: string };
  await until(async () => (await status()).state === "live", "another gateway");
  expect((await ask(url, {})).version).toBe("2");
});

test.each([
  ["before it knew of it", false],
  ["when it had written it down", true],
])("a gateway that is killed at a switch %s is asked again what it serves", async (_when, isWritten) => {
  const { apply, plan, route, folder, status, signal } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  const real = readControlFile(folder)!;
  const kill = () => process.kill(real.process.pid, "SIGKILL");
  // Stands between who changes the deployment and the gateway, and lets no answer to a switch through.
  const between = createHttpServer(async (request, response) => {
    const isSwitch = request.url === "/switch";
    if (isSwitch && !isWritten) return void kill();
    const body = Buffer.concat(await request.toArray());
    const { method, url: path = "/", headers } = request;
    const own = { ...headers, host: `127.0.0.1:${real.port}` };
    const call = { host: "127.0.0.1", port: real.port, method, path, headers: own, body };
    const answer = await httpCall({ ...call, signal: signal() }).catch(() => null);
    if (!answer) return void response.destroy();
    if (isSwitch) return void kill();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => between.closeAllConnections());
  writeControlFile(folder, { ...real, port: (between.address() as AddressInfo).port });
  const watching = setInterval(() => {
    if (!isAlive(real.process)) between.closeAllConnections();
  }, 20);
  onTestFinished(() => clearInterval(watching));
  const applied = apply(plan([route(2)]));
  if (isWritten) expect(await applied).toMatchObject({ url });
  else await expect(applied).rejects.toThrow("The gateway went away meanwhile");
  await until(async () => (await status()).state === "live", "another gateway");
  expect((await ask(url, {})).version).toBe(isWritten ? "2" : "1");
  await until(() => served(folder).length === 1, "nothing is left behind");
});

test("a request that kills its server is not made for ever, and running out of memory is told as that", async () => {
  const { apply, plan, route, status } = localDeployment();
  const routes = [route(1, { percent: 100 }), route(2, { role: "challenger", percent: 0 })];
  const { url } = (await apply(plan(routes))) as { url: string };
  // The other version answers in place of the one that died.
  expect(await ask(url, { die: 1 })).toMatchObject({ status: 200, version: "2" });
  await until(async () => (await status()).state === "live", "the first is back");
  const answer = await ask(url, { memory: true }, { "x-modeltrail-version": "1" });
  expect(answer.status).toBe(502);
  await until(async () => /ran out of memory/.test((await status()).detail ?? ""), "memory is named");
});

test("a server that dies again and again is told of with what it printed, and comes back when it can", async () => {
  const { apply, plan, route, status } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  // Each is asked twice.
  expect((await ask(url, { memory: true })).status).toBe(502);
  await ask(url, { memory: true });
  const down = async () => /MemoryError/.test((await status()).detail ?? "") && (await status()).state === "down";
  await until(down, "it is down");
  await until(async () => (await status()).state === "live", "it is back");
  expect((await ask(url, {})).status).toBe(200);
});

test("slow models, too many requests and too large ones are told so", async () => {
  const { apply, plan, route, predictions } = localDeployment();
  const limits = { time: 0.5, concurrent: 2, body: 2_000 };
  const { url } = (await apply(plan([route(1)], { limits }))) as { url: string };
  const three = await Promise.all([1, 2, 3].map(() => ask(url, { sleep: 2 })));
  expect(three.map(({ status }) => status).sort()).toEqual([503, 504, 504]);
  expect((await ask(url, { inputs: "x".repeat(3_000) })).status).toBe(413);
  expect((await ask(url, { inputs: 1 })).status).toBe(200);
  expect(readPredictions(predictions).map(({ status }) => status)).toEqual([200, 504, 504]);
  // A version is tried with the limits that it is to have.
  let tried = 0;
  await apply(plan([route(2)], { limits: { time: 30 } }), {
    async verify(_route, access) {
      tried = (await access.request("/invocations", { body: SLOW })).status;
    },
  });
  expect(tried).toBe(200);
});

test("a token is asked for, and kept nowhere in the plain; other names of this machine are not answered without one", async () => {
  const { apply, plan, route, folder } = localDeployment();
  const open = (await apply(plan([route(1)]))) as { url: string };
  expect((await ask(open.url, {}, { host: "evil.example" })).status).toBe(421);
  expect((await ask(open.url, {}, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  const token = "s3cret-token-of-callers";
  const { url } = (await apply(plan([route(1)], {}, token))) as { url: string };
  expect(url).toBe(open.url);
  expect((await ask(url, {})).status).toBe(401);
  expect((await ask(url, {}, { authorization: "Bearer wrong" })).status).toBe(401);
  expect((await ask(url, {}, { authorization: `Bearer ${token}` })).status).toBe(200);
  const files = ["gateway.json", "control.json", "gateway.log"].map((name) =>
    readFileSync(`${folder}/${name}`, "utf8"),
  );
  expect(files.join("")).not.toContain(token);
});

test("feedback goes to its prediction; wrong feedback is told", async () => {
  const { apply, plan, route, target, handle, predictions } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  const { id } = await ask(url, {});
  const access = target.access(handle, null);
  const send = async (body: unknown) => {
    const answer = await access.request("/modeltrail/feedback", { body: JSON.stringify(body) });
    return { status: answer.status, body: JSON.parse(answer.body.toString()) };
  };
  const unknown = "0".repeat(32);
  expect(
    await send([
      { id, label: 3, action: "sold" },
      { id: unknown, label: 1 },
    ]),
  ).toEqual({
    ...{ status: 200, body: { kept: 1, unknown: [unknown] } },
  });
  expect(await send(Array(1_001).fill({ id, label: 1 }))).toMatchObject({
    status: 413,
    body: { error: "Give up to 1000 entries in a request; these are 1001." },
  });
  expect(await send({ id: "x" })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining("Entry 1: id") },
  });
  expect(findPrediction(predictions, id!)!.prediction).toMatchObject({ label: "3", action: "sold" });
  const metrics = (await access.request("/modeltrail/metrics")).body.toString();
  expect(metrics).toContain(
    'modeltrail_gateway_requests_total{model="wine",version="1",role="champion",status="2xx"} 1',
  );
});

test("the command line lists, labels and exports predictions", async () => {
  const { apply, plan, route, root, predictions } = localDeployment();
  const { url } = (await apply(plan([route(1)], { log: { mask: ["secret"] } }))) as { url: string };
  const { id } = await ask(url, { dataframe_records: [{ x: 1, secret: 2 }] });
  const cli = (...args: string[]) => {
    const [program, ...words] = modeltrail("predictions", ...args);
    return execFileSync(program!, words, { cwd: root, encoding: "utf8", env: baseEnvironment(root), stdio: "pipe" });
  };
  cli("label", "wine", id!, '{"grade": 5}', "--action", "shipped");
  const [one] = JSON.parse(cli("wine", "--json", "--version", "1", "--since", "1h"));
  expect(one).toMatchObject({
    id,
    inputs: { dataframe_records: [{ x: 1, secret: "***" }] },
    outputs: { predictions: [1] },
  });
  expect(one).toMatchObject({ label: { grade: 5 }, action: "shipped" });
  expect(cli("wine")).toContain(`${id}  `);
  expect(cli("wine")).toMatch(/ {2}x=1, secret=\*\*\* +1 +\{"grade":5\}/);
  expect(cli("export", "wine", "all.jsonl")).toBe("1 predictions are in all.jsonl.\n");
  expect(JSON.parse(readFileSync(`${root}/all.jsonl`, "utf8")).id).toBe(readPredictions(predictions)[0]!.id);
  expect(() => cli("other")).toThrow(/Nothing is logged of a deployment "other"/);
});

test("a port that is taken is told with who has it, before and at the start; nothing is left behind", async () => {
  const { apply, plan, route, target, folder, signal } = localDeployment();
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const what = plan([route(1)], { port });
  const taken = process.platform === "linux" ? `Port ${port} is taken by ` : `Port ${port} is taken`;
  expect(await target.check(what, signal())).toEqual([{ severity: "error", message: expect.stringContaining(taken) }]);
  await expect(apply(what)).rejects.toThrow(taken);
  const open = plan([route(1)], { host: "0.0.0.0" });
  expect(await target.check(open, signal())).toEqual([
    { severity: "warning", message: expect.stringContaining("token") },
  ]);
  expect(await target.check({ ...open, token: "t" }, signal())).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  await new Promise((resolve) => other.close(resolve));
  expect((await apply(what)) as object).toMatchObject({ url: `http://127.0.0.1:${port}` });
});

test("going back to a port that was free once takes that one again", async () => {
  const { apply, plan, route } = localDeployment();
  const former = (await apply(plan([route(1)]))) as { url: string };
  const port = await freePort();
  expect(await apply(plan([route(2)], { port }))).toMatchObject({ url: `http://127.0.0.1:${port}` });
  expect(await apply(plan([route(1)]), { former })).toMatchObject({ url: former.url });
  expect((await ask(former.url, {})).version).toBe("1");
});

test("two cannot change a deployment at once; what is undeployed dead or alive leaves nothing but its predictions", async () => {
  const { apply, plan, route, target, handle, folder, signal, status } = localDeployment();
  let verified: () => void = () => {};
  const hold = new Promise<void>((resolve) => (verified = resolve));
  let begun = false;
  const verify = () => {
    begun = true;
    return hold;
  };
  const first = apply(plan([route(1)]), { verify });
  await until(() => begun, "the first one verifies");
  await expect(apply(plan([route(2)]))).rejects.toThrow("Another process is just changing wine");
  verified();
  const { url } = (await first) as { url: string };
  await ask(url, {});
  writeFileSync(join(folder, "token"), "of callers");
  const [server] = served(folder);

  // Keeper, gateway: all of it killed at once, as by a restart of the machine, but for a server.
  const gateway = readControlFile(folder)!.process;
  process.kill(parentOf(gateway.pid), "SIGKILL");
  process.kill(gateway.pid, "SIGKILL");
  await until(async () => (await status()).state === "down", "it is down");
  await target.undeploy(handle, signal());
  expect(isAlive(server!.process!)).toBe(false);
  expect(readdirSync(folder)).toEqual(["predictions"]);
  expect((await status()).state).toBe("gone");
  await target.undeploy(handle, signal());
  expect(existsSync(`${folder}/gateway.json`)).toBe(false);
});

test("undeploying does not wait for callers who never cease asking", async () => {
  const { apply, plan, route, target, handle, signal, folder } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  const callers = stream(url, 100);
  await until(() => callers.count() > 20, "answers");
  await target.undeploy(handle, signal());
  // They are still asking.
  expect(existsSync(join(folder, "gateway.json"))).toBe(false);
  const { answers } = await callers.end();
  expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
});

/** Over a connection of its own. */
const askAnew = (url: string) => ask(url, {}, {}, new Agent());
// Where the socket cannot outlive a gateway, callers are refused meanwhile.
const queues = process.platform !== "win32";

test.runIf(queues)(
  "callers who come while a gateway is killed wait for the next one, at the port that it moved to, too",
  async () => {
    const { apply, plan, route, folder, signal, target, handle } = localDeployment();
    const first = (await apply(plan([route(1)]))) as { url: string };
    const port = await freePort();
    const second = (await apply(plan([route(1)], { port }))) as { url: string };
    for (let turn = 0; turn < 2; turn++) {
      const killed = readControlFile(folder)!.process;
      process.kill(killed.pid, "SIGKILL");
      await until(() => !isAlive(killed), "it is dead");
      expect((await askAnew(second.url)).status).toBe(200);
    }
    await expect(askAnew(first.url)).rejects.toThrow("ECONNREFUSED");
    // Another address with the same port cannot be had while anyone holds the first.
    await apply(plan([route(1)], { port, host: "0.0.0.0" }, "token"));
    expect((await askAnew(second.url)).status).toBe(401);
    await target.undeploy(handle, signal());
    await expect(askAnew(second.url)).rejects.toThrow("ECONNREFUSED");
  },
);

test("a keeper that is killed is replaced by the gateway", async () => {
  const { apply, plan, route, folder, status } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  const gateway = readControlFile(folder)!.process;
  process.kill(parentOf(gateway.pid), "SIGKILL");
  // Who looks at a lock has it for a moment: it is the next keeper's when it stays.
  let looks = 0;
  await until(() => {
    looks = isLocked(`${folder}/keeper.lock`) === true ? looks + 1 : 0;
    return looks > 10;
  }, "another keeper");
  expect(isAlive(gateway)).toBe(true);
  // That one starts a gateway once this one is killed, too.
  process.kill(gateway.pid, "SIGKILL");
  await until(() => !isAlive(gateway), "it is dead");
  if (queues) expect((await askAnew(url)).status).toBe(200);
  await until(async () => (await status()).state === "live", "another gateway");
});

test("it goes on when the version of Modeltrail that deployed it is removed, as by an update of the extension", async () => {
  const [node, script] = modeltrail() as [string, string];
  const extension = join(makeProject(), "modeltrail-0.1.0");
  cpSync(dirname(script), join(extension, "dist"), { recursive: true });
  const { apply, plan, route, folder, status } = localDeployment(python, [node, join(extension, "dist/cli.js")]);
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  rmSync(extension, { recursive: true });
  const gateway = readControlFile(folder)!.process;
  const keeper = processIdentity(parentOf(gateway.pid));
  process.kill(gateway.pid, "SIGKILL");
  await until(async () => !isAlive(gateway) && (await status()).state === "live", "another gateway");
  process.kill(keeper.pid, "SIGKILL");
  const next = readControlFile(folder)!.process;
  await until(() => !isAlive(keeper) && isLocked(`${folder}/keeper.lock`) === false, "no keeper");
  await until(() => isLocked(`${folder}/keeper.lock`) === true, "another keeper");
  process.kill(next.pid, "SIGKILL");
  await until(async () => !isAlive(next) && (await status()).state === "live", "a third gateway");
  expect((await ask(url, {})).version).toBe("1");

  // The next version starts it again, and leaves no copy of this one.
  cpSync(dirname(script), join(extension, "dist"), { recursive: true });
  appendFileSync(join(extension, "dist/cli.js"), "\n");
  const copies = readdirSync(join(folder, "program"));
  const last = readControlFile(folder)!.process;
  const both = [last, processIdentity(parentOf(last.pid))];
  for (const { pid } of both) process.kill(pid, "SIGKILL");
  await until(() => !both.some(isAlive), "all is dead");
  await apply(plan([route(1)]));
  expect(copies).toHaveLength(1);
  expect(readdirSync(join(folder, "program"))).toEqual([expect.not.stringContaining(copies[0]!)]);
});

test("a keeper that was just killed may have its lock a moment longer than it lives", async () => {
  const { apply, plan, route, folder, status } = localDeployment();
  await apply(plan([route(1)]));
  const gateway = readControlFile(folder)!.process;
  const both = [gateway, processIdentity(parentOf(gateway.pid))];
  for (const { pid } of both.toReversed()) process.kill(pid, "SIGKILL");
  await until(() => !both.some(isAlive) && isLocked(`${folder}/keeper.lock`) === false, "all is dead");
  const release = takeLock(`${folder}/keeper.lock`);
  const applied = apply(plan([route(1)]));
  await until(() => isLocked(`${folder}/apply.lock`) === true, "it has begun");
  release();
  await applied;
  expect((await status()).state).toBe("live");
});

test("when its folder is deleted, all of it ends, and the folder stays away", async () => {
  const { apply, plan, route, folder } = localDeployment();
  const { url } = (await apply(plan([route(1)]))) as { url: string };
  const gateway = readControlFile(folder)!.process;
  const keeper = processIdentity(parentOf(gateway.pid));
  const server = served(folder)[0]!.process!;
  rmSync(folder, { recursive: true });
  await ask(url, {});
  await until(() => ![gateway, keeper, server].some(isAlive), "they end");
  expect(existsSync(folder)).toBe(false);
});
