import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { processIdentity, processState } from "../../store/process";
import { testManifest } from "../testManifest";
import { cloudAccess } from "./access";
import { imageOf, isOfBundle } from "./imageOf";
import { insist } from "./insist";
import { launcherOf } from "./launcher";
import { CloudError, cloudProgram } from "./program";
import { send } from "./send";
import { wholeShares } from "./shares";

test.for([
  [[100], [100]],
  [
    [90, 10],
    [90, 10],
  ],
  [
    [99.7, 0.3],
    [99, 1],
  ],
  [
    [100, 0],
    [100, 0],
  ],
  [
    [0.2, 99.8],
    [1, 99],
  ],
])("shares %j are told as %j", ([percents, whole]) => {
  expect(wholeShares(percents!)).toEqual(whole);
});

test("an image's template takes the bundle's names", () => {
  const bundle = { hash: "0123456789abcdef0123", manifest: testManifest({ model: "Wine Quality", version: 3 }) };
  expect(imageOf("host/repo/{model}:{version}-{hash}", bundle)).toBe("host/repo/wine-quality:3-0123456789abcdef");
  expect(imageOf("host/repo@sha256:{other}", bundle)).toBe("host/repo@sha256:{other}");
  expect([isOfBundle("x:{hash}"), isOfBundle("x/{model}:1")]).toEqual([true, false]);
});

const node = (code: string) => ["-e", code];
const program = (name: string) =>
  cloudProgram({
    ...{ program: name, cloud: "The cloud", install: "Get it at example.com.", env: process.env },
    reasons: [[/quota/i, "there is no more of it. Ask for more"]],
  });
const options = { signal: AbortSignal.timeout(30_000), what: "make it" };

test("what a program says when it fails is told with what it means", async () => {
  const failing = program(process.execPath).run(node("console.error('Quota of 8 exceeded'); process.exit(2)"), options);
  await expect(failing).rejects.toThrow(
    /^The cloud could not make it: there is no more of it\. Ask for more\.\n {2}Quota of 8 exceeded$/,
  );
  await expect(program("no-such-program").run([], options)).rejects.toThrow(/not on PATH\. Get it at example\.com\./);
  expect(await program(process.execPath).json(node("console.log('[1]')"), options)).toEqual([1]);
  expect(await program(process.execPath).json(node(""), options)).toBeNull();
  expect(await program(process.execPath).json(node("console.log('...{}')"), options)).toEqual({});
  expect(await program(process.execPath).json(node("console.log('....')"), options)).toBeNull();
  await expect(program(process.execPath).json(node("console.log('ok')"), options)).rejects.toThrow(/else than JSON/);
});

test("batch files of Windows are gone around", () => {
  const root = mkdtempSync(path.join(tmpdir(), "modeltrail-cloud-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const bin = path.join(root, "wbin");
  mkdirSync(bin);
  const env = { PATH: ["/nowhere", bin].join(path.delimiter) };
  expect(launcherOf("az", env, "win32")).toEqual(["az"]);
  for (const file of [path.join(bin, "az.cmd"), path.join(root, "python.exe")]) writeFileSync(file, "");
  expect(launcherOf("az", env, "win32")).toEqual([path.join(root, "python.exe"), "-IBm", "azure.cli"]);
  expect(launcherOf("az", env, "linux")).toEqual(["az"]);
});

test("what gets no answer in its time is told so, and what is stopped is not", async () => {
  const hangs = (signal: AbortSignal) =>
    program(process.execPath).run(node("setInterval(() => {}, 1000)"), { signal, what: "make it" });
  await expect(hangs(AbortSignal.timeout(50))).rejects.toThrow("The cloud gave no answer in the time that it has.");
  await expect(hangs(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  onTestFinished(() => void silent.closeAllConnections());
  await once(silent, "listening");
  const url = new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const asked = (signal: AbortSignal) => send(url, { method: "GET", headers: {}, signal });
  await expect(asked(AbortSignal.timeout(50))).rejects.toThrow(/^127.*gave no answer in the time/);
  silent.closeAllConnections();
  silent.close();
  await expect(asked(AbortSignal.timeout(30_000))).rejects.toThrow(/does not answer: /);
});

test.skipIf(process.platform === "win32")(
  "of a program that is a script, nothing goes on when it is stopped",
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-cloud-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, "pid");
    const code = `require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const stopping = new AbortController();
    const words = ["-c", '"$0" -e "$1"; true', process.execPath, code];
    const stopped = program("sh").run(words, { signal: stopping.signal, what: "make it" });
    await expect.poll(() => existsSync(file) && readFileSync(file, "utf8") !== "", { timeout: 30_000 }).toBe(true);
    const proper = processIdentity(Number(readFileSync(file, "utf8")));
    stopping.abort(new Error("stopped"));
    await expect(stopped).rejects.toThrow("stopped");
    await expect.poll(() => processState(proper), { timeout: 30_000 }).toBe("dead");
  },
);

test("what a cloud is still busy with is tried again, and nothing else", async () => {
  const said = (...words: string[]) => {
    const left = [...words];
    return async () => {
      const next = left.shift();
      if (next !== undefined) throw new CloudError(next, next);
      return "done";
    };
  };
  const signal = AbortSignal.timeout(30_000);
  expect(await insist(said("FAILED_PRECONDITION: busy", "(Conflict) busy"), signal, 1)).toBe("done");
  await expect(insist(said("PERMISSION_DENIED"), signal, 1)).rejects.toThrow("PERMISSION_DENIED");
  const over = AbortSignal.timeout(20);
  await expect(insist(said(...Array<string>(1_000).fill("(Conflict) busy")), over, 10)).rejects.toThrow("busy");
});

test("predictions are let through, whatever the case of their headers, and nothing else", async () => {
  const asked: unknown[] = [];
  let fault: string | null = null;
  const access = cloudAccess({
    cloud: "The cloud",
    async predict(headers, body) {
      asked.push([headers, body]);
      return { status: 200, headers: {}, body: Buffer.from("1") };
    },
    findFault: async () => fault,
  });
  expect(access.url).toBeNull();
  await access.request("/invocations", { headers: { "Content-Type": "text/csv", "X-Modeltrail-Version": "3" } });
  await access.request("/invocations", { method: "POST", body: "{}" });
  expect(asked).toEqual([
    [{ "content-type": "text/csv", "x-modeltrail-version": "3" }, ""],
    [{ "content-type": "application/json" }, "{}"],
  ]);
  expect(await access.request("/ping", { method: "GET" })).toMatchObject({ status: 200 });
  fault = "It is away.";
  expect(await access.request("/health")).toEqual({ status: 503, headers: {}, body: Buffer.from(fault) });
  await expect(access.request("/metrics", { method: "GET" })).rejects.toThrow(
    "The cloud lets only predictions through (POST /invocations), not GET /metrics.",
  );
});
