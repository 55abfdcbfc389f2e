import { once } from "node:events";
import { Agent, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { type GatewaySettings, readGatewayFile } from "./files";
import { makeGateway } from "./gateway";
import { httpCall } from "./httpCall";

const settings: GatewaySettings = {
  ...{ host: "127.0.0.1", port: 0, tokenHash: null, log: false, input: null },
  limits: { body: 1_000, time: 1, concurrent: 1 },
};

/** One that serves nothing. */
function gateway(part: Partial<GatewaySettings> = {}) {
  const folder = tempFolder();
  const file = { format: 1 as const, deployment: "d", serverToken: null, routes: [], servers: [] };
  const made = makeGateway(folder, { ...file, settings: { ...settings, ...part } }, () => {});
  onTestFinished(() => made.leave());
  return { made, folder };
}

async function takenPort(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

const isReached = (port: number) =>
  httpCall({ host: "127.0.0.1", port, path: "/ping", agent: new Agent() }).then(
    () => true,
    () => false,
  );

test("a gateway whose port is taken goes to the one that it is given, and rests there", async () => {
  const { port } = await takenPort();
  const { made } = gateway({ port });
  const opening = made.open();
  await expect.poll(() => made.state().fault).toContain(`Port ${port} is taken`);
  await made.switchTo({ settings, routes: [] });
  await opening;
  const { url, fault, settings: at } = made.state();
  expect(fault).toBeNull();
  expect(url).toBe(`http://127.0.0.1:${at.port}`);
  expect(await isReached(at.port)).toBe(true);
});

test("another host with the same port takes its place; where that is no address, the one before stays", async () => {
  const { made, folder } = gateway();
  await made.open();
  const { port } = made.state().settings;
  await made.switchTo({ settings: { ...settings, host: "0.0.0.0", port }, routes: [] });
  expect(made.state().settings).toMatchObject({ host: "0.0.0.0", port });
  expect(await isReached(port)).toBe(true);
  // Of a net for documents (RFC 5737): no machine has it.
  const nowhere = made.switchTo({ settings: { ...settings, host: "192.0.2.1", port }, routes: [] });
  await expect(nowhere).rejects.toThrow('"192.0.2.1" is no address of this machine');
  expect(made.state()).toMatchObject({ url: `http://127.0.0.1:${port}`, fault: null });
  expect(await isReached(port)).toBe(true);
  expect(readGatewayFile(folder)!.settings).toMatchObject({ host: "0.0.0.0", port });
});

test("model servers are asked with a token, also those of a gateway that had none, and by the next gateway too", async () => {
  const { folder } = gateway();
  const { serverToken } = readGatewayFile(folder)!;
  expect(serverToken).toMatch(/^[0-9a-f]{64}$/);
  const next = makeGateway(folder, readGatewayFile(folder)!, () => {});
  onTestFinished(() => next.leave());
  expect(readGatewayFile(folder)!.serverToken).toBe(serverToken);
});
