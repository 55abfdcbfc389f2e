import { expect, test } from "vitest";
import type { Route } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import { processIdentity } from "../process";
import { tempStore } from "../testStore";

const us = processIdentity();
const dead = { ...us, pid: 2 ** 22 + 1, startToken: "1" };
const route = (version: number): Route => ({
  model: "wine",
  version,
  bundle: `bundle-${version}`,
  role: "champion",
  percent: 100,
});

function wine() {
  const { deployments } = tempStore();
  deployments.ensure({ name: "wine", model: "wine", target: "local" });
  return {
    deployments,
    begin: (version: number, by = us) =>
      deployments.begin({ deployment: "wine", kind: "deploy", routes: [route(version)], actor: "Ada" }, by),
  };
}

test("a rollout that becomes live says what is served; one that does not leaves it", () => {
  const { deployments, begin } = wine();
  const first = begin(1);
  deployments.step(first.id, { name: "start", state: "running", detail: "Starting" });
  deployments.step(first.id, { name: "start", state: "done", detail: "Started" });
  deployments.setHandle("wine", { port: 1 });
  deployments.end(first.id, "live", null);
  expect(deployments.get("wine")).toMatchObject({ routes: [route(1)], handle: { port: 1 } });
  const second = begin(2);
  deployments.step(second.id, { name: "smoke", state: "running", detail: "Asking" });
  deployments.end(second.id, "reverted", "it does not answer");
  expect(deployments.get("wine")!.routes).toEqual([route(1)]);
  expect(deployments.rollout(second.id)).toMatchObject({
    outcome: "reverted",
    reason: "it does not answer",
    steps: [{ name: "smoke", state: "failed", ended: expect.any(Number) }],
  });
  expect(deployments.rollouts("wine").map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(deployments.rollouts("wine", { before: second.id }).map(({ id }) => id)).toEqual([first.id]);
  expect(deployments.bundles()).toEqual(["bundle-1"]);
  expect(() => deployments.end(second.id, "live", null)).toThrow(UserError);
});

test("one changes a deployment at a time; one whose process is gone is over", () => {
  const { deployments, begin } = wine();
  const first = begin(1);
  expect(() => begin(2)).toThrow(`"wine" is being changed by Ada (process ${us.pid} on`);
  expect(deployments.current("wine")).toMatchObject({ rollout: { id: first.id }, alive: true });
  deployments.end(first.id, "failed", "for the test");
  const lost = begin(2, dead);
  expect(deployments.current("wine")).toMatchObject({ alive: false });
  const third = begin(3);
  expect(deployments.rollout(lost.id)).toMatchObject({ outcome: "failed", reason: "the process that did it is gone" });
  expect(() => deployments.step(lost.id, { name: "start", state: "done", detail: "" })).toThrow(UserError);
  expect(deployments.bundles()).toEqual(["bundle-3"]);
  deployments.end(third.id, "live", null);
});

test("what is deployed cannot be removed, nor given another model", () => {
  const { deployments, begin } = wine();
  deployments.end(begin(1).id, "live", null);
  expect(() => deployments.remove("wine")).toThrow("Undeploy it first");
  expect(() => deployments.ensure({ name: "wine", model: "beer", target: "local" })).toThrow("is of the model wine");
  const last = deployments.begin({ deployment: "wine", kind: "undeploy", routes: [], actor: "Ada" }, us);
  deployments.end(last.id, "stopped", null);
  expect(deployments.get("wine")).toMatchObject({ routes: [], handle: null });
  const { revision } = deployments.changesSince(0);
  expect(deployments.changesSince(revision).names).toEqual([]);
  deployments.remove("wine");
  expect(deployments.list()).toEqual([]);
  expect(() => deployments.setHandle("wine", {})).toThrow("There is no deployment");
});

test("what a target says is kept, with the time", () => {
  const { deployments } = wine();
  const { revision } = deployments.changesSince(0);
  const served = { state: "live", detail: null, endpoint: "http://127.0.0.1:1", versions: [], traffic: null } as const;
  deployments.saw("wine", { ...served, versions: [] });
  expect(deployments.get("wine")).toMatchObject({ served, seen: expect.any(Number) });
  const seen = deployments.changesSince(revision);
  expect(seen.names).toEqual(["wine"]);
  deployments.saw("wine", { ...served, versions: [] });
  expect(deployments.changesSince(seen.revision)).toEqual({ revision: seen.revision, names: [], total: 1 });
});

test("what a first change has left at its target is not forgotten with the deployment", () => {
  const { deployments, begin } = wine();
  const killed = begin(1, dead);
  deployments.setHandle("wine", { endpoint: "wine-1" });
  expect(() => deployments.remove("wine")).toThrow("may have left something on its target. Undeploy it first");
  deployments.end(killed.id, "failed", "It was killed.");
  expect(() => deployments.remove("wine")).toThrow("Undeploy it first");
  const asked = { deployment: "wine", kind: "undeploy" as const, routes: [], actor: "Ada" };
  deployments.end(deployments.begin(asked, us).id, "stopped", null);
  deployments.remove("wine");
  expect(deployments.get("wine")).toBeNull();
});
