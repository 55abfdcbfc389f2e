/** Deploying to another machine over a link that breaks at the worst times. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ReadyRoute } from "../../src/deploy/contract";
import { UserError } from "../../src/domain/errors";
import { until } from "../deploy/local";
import { stubDeployment } from "./endpointDeployment";

test("a switch whose answer is lost is asked about again", async () => {
  const { setCut, route, apply, ask, status } = stubDeployment();
  await apply(await route(1));
  let cuts = 1;
  setCut((command) => (command === "switch" && cuts-- > 0 ? "after" : undefined));
  await apply(await route(2));
  expect(await ask()).toBe("2");
  expect(await status()).toMatchObject({ state: "live", versions: [{ version: 2 }] });
});

test("cut for good before the switch, the old one is served, and what was begun is found the next time", async () => {
  const { setCut, route, apply, ask, servers } = stubDeployment();
  await apply(await route(1));
  setCut((command) => (command === "switch" || command === "drop" ? "before" : undefined));
  await expect(apply(await route(2))).rejects.toThrow(new UserError("The link is cut."));
  setCut(() => undefined);
  expect(await ask()).toBe("1");
  expect(servers().map(({ version, state }) => [version, state])).toContainEqual([2, "ready"]);
  const refused = new UserError("It answers its sample wrongly.");
  await expect(apply(await route(2), { verify: () => Promise.reject(refused) })).rejects.toBe(refused);
  await until(() => servers().length === 1, "the end of what an earlier attempt has begun");
  let tried = 0;
  const verify = async () => void tried++;
  await apply(await route(2), { verify });
  expect({ tried, answer: await ask() }).toEqual({ tried: 1, answer: "2" });
});

test("given up while it starts, it is gone; the first time, with all of it", async () => {
  const { home, route, apply, ask, servers, status, folder } = stubDeployment();
  const giveUp = async (one: ReadyRoute) => {
    const given = new AbortController();
    const why = new Error("Given up.");
    const applied = apply(one, { signal: given.signal });
    await until(() => existsSync(folder()) && existsSync(path.join(folder(), "keeper.json")), "a keeper");
    await until(() => servers().some(({ state }) => state === "starting"), "a start");
    given.abort(why);
    await expect(applied).rejects.toBe(why);
  };
  const first = giveUp(await route(1, "slow"));
  await first;
  expect(readdirSync(path.join(home, ".modeltrail/deployments")).filter((name) => !name.startsWith("."))).toEqual([]);
  expect(await status()).toMatchObject({ state: "gone" });
  await apply(await route(2), { handle: null });
  await giveUp(await route(3, "slow"));
  await until(() => servers().length === 1, "its end");
  expect(await ask()).toBe("2");
});

test("removed by hand, nothing of it goes on", async () => {
  const { route, apply, status, folder, handle } = stubDeployment();
  await apply(await route(1), {}, { host: "0.0.0.0" });
  const { url, address } = handle() as { url: string; address: { port: number } };
  expect(url).toBe(`http://box.example:${address.port}`);
  const answers = () => fetch(`http://127.0.0.1:${address.port}/`).then(Boolean, () => false);
  expect(await answers()).toBe(true);
  rmSync(folder(), { recursive: true });
  await until(async () => !(await answers()), "its end");
  expect((await status()).state).toBe("gone");
});

test("cut for good the first time, and failing the next time, nothing is left", async () => {
  const { home, setCut, route, apply, folder, status } = stubDeployment();
  setCut((command) => (command === "start" || command === "drop" ? "before" : undefined));
  await expect(apply(await route(1))).rejects.toThrow(new UserError("The link is cut."));
  expect(existsSync(folder())).toBe(true);
  setCut(() => undefined);
  await expect(apply(await route(2, "fails"))).rejects.toThrow("Version 2 does not start on box.");
  expect(readdirSync(path.join(home, ".modeltrail/deployments")).filter((name) => !name.startsWith("."))).toEqual([]);
  expect((await status()).state).toBe("gone");
});
