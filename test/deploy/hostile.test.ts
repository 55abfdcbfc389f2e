/** Callers who mean no good, and a disk that is full: the gateway stays, and says what is the matter. */

import { symlinkSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readControlFile } from "../../src/deploy/gateway/files";
import { tempDisk } from "../../src/store/testStore";
import { useCli } from "../recorder/cli";
import { ask, localDeployment } from "./local";

useCli();

/** Sends bytes, and gives what comes back until the connection ends, or is silent for so many ms. */
function raw(url: string, bytes: string, patience = 30_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let got = "";
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes, "latin1"));
    socket.on("data", (data) => (got += data.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => resolve(got));
    socket.setTimeout(patience, () => socket.destroy());
  });
}

test("whatever callers send, the same gateway answers the next one", async () => {
  const { apply, plan, route, folder, status } = localDeployment();
  const { url } = (await apply(plan([route(1)], { limits: { body: 1_000 } }))) as { url: string };
  const before = readControlFile(folder)!.process;
  const { host } = new URL(url);
  const last = `Host: ${host}\r\nConnection: close\r\n`;
  const post = (headers: string, body = "", path = "/invocations", patience?: number) =>
    raw(url, `POST ${path} HTTP/1.1\r\n${last}${headers}\r\n${body}`, patience);

  expect(await raw(url, "\0\0\0 not http\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(url, `GET / HTTP/1.1\r\n${last}X: ${"x".repeat(100_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4/);
  // Two lengths: what stands behind the first could be taken for a request of somebody else.
  expect(await post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /x")).toMatch(
    /^HTTP\/1\.1 400 /,
  );
  expect(await post("Content-Length: -1\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  expect(await post("Content-Length: 5000\r\n", "{")).toMatch(/^HTTP\/1\.1 413 /);
  expect(await post("Transfer-Encoding: chunked\r\n", `7d0\r\n${"x".repeat(2_000)}\r\n0\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 413 /,
  );
  // Announced, and never sent.
  expect(await post("Content-Length: 500\r\n", "{", "/invocations", 500)).toBe("");
  const key = `X-Modeltrail-Key: ${"k".repeat(5_000)}\r\n`;
  expect(await post(`${key}Content-Length: 2\r\n`, "{}")).toMatch(/^HTTP\/1\.1 200 /);
  expect(await post("X-Modeltrail-Version: 1e400\r\nContent-Length: 2\r\n", "{}")).toMatch(/^HTTP\/1\.1 404 /);
  // The way of who steers is not the callers' way: this goes to the model server, like any other path.
  expect(await post("Content-Length: 0\r\n", "", "/stop")).toContain('"predictions"');
  expect(await raw(url, `GET /modeltrail/../state HTTP/1.1\r\n${last}\r\n`)).not.toContain("servers");
  const control = `http://127.0.0.1:${readControlFile(folder)!.port}`;
  expect(
    await raw(
      control,
      `POST /stop HTTP/1.1\r\nHost: ${new URL(control).host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    ),
  ).toMatch(/^HTTP\/1\.1 403 /);

  expect(await ask(url, { inputs: [1] })).toMatchObject({ status: 200, body: { predictions: [1] } });
  expect(await status()).toMatchObject({ state: "live" });
  expect(readControlFile(folder)!.process).toEqual(before);
});

test("a full disk fails no request; the answers carry no id, and the deployment says why", async (context) => {
  const disk = tempDisk("300k");
  if (!disk) return context.skip("no disk of its own here");
  const { apply, plan, route, folder, status } = localDeployment();
  const { url } = (await apply(plan([route(1)], { log: false }))) as { url: string };
  symlinkSync(disk, join(folder, "predictions"));
  await apply(plan([route(1)]));
  const inputs = "x".repeat(40_000);
  const answers = [];
  for (let turn = 0; turn < 12; turn++) answers.push(await ask(url, { inputs }));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const unlogged = answers.filter(({ id }) => id === undefined).length;
  expect(unlogged).toBeGreaterThan(0);
  expect(unlogged).toBeLessThan(12);
  expect((await status()).detail).toMatch(
    new RegExp(`^${unlogged} predictions could not be logged\\. The disk is full`),
  );
});
