import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempStore } from "../../store/testStore";
import { findDestination, settingsOf } from "./destination";

function project() {
  const store = tempStore();
  writeFileSync(
    join(store.root, "modeltrail.yaml"),
    `deployments:
  tasting:
    model: wine
    target: far
    port: 8501
  beer: {}
targets:
  far: { kind: ssh, host: far }
`,
  );
  return store;
}

test("a deployment of modeltrail.yaml is found by its name, and serves one model", async () => {
  const store = project();
  expect(await findDestination(store, "wine", "tasting")).toEqual({
    name: "tasting",
    settings: { model: "wine", target: "far", port: 8501 },
  });
  expect(await findDestination(store, "beer", "beer")).toEqual({ name: "beer", settings: { target: "local" } });
  await expect(findDestination(store, "wine", "tasting", "other")).rejects.toThrow("is a deployment and has a name");
  await expect(findDestination(store, "beer", "tasting")).rejects.toThrow("is for the model wine, not for beer");
});

test("on a target the deployment is called after the model", async () => {
  const store = project();
  expect(await findDestination(store, "wine", "local")).toEqual({
    name: "wine",
    settings: { model: "wine", target: "local" },
  });
  expect(await findDestination(store, "wine", "far")).toMatchObject({ name: "wine-far", settings: { target: "far" } });
  expect((await findDestination(store, "my wine/é", "local")).name).toBe("my-wine-");
  expect((await findDestination(store, "wine", "local", "other")).name).toBe("other");
  await expect(findDestination(store, "wine", "local", "../other")).rejects.toThrow("cannot be a deployment's name");
  await expect(findDestination(store, "wine", "nowhere")).rejects.toThrow("There are: tasting, beer, local, far.");
});

test("one that is there stays on its target", async () => {
  const store = project();
  store.deployments.ensure({ name: "tasting", model: "wine", target: "local" });
  expect(await settingsOf(store, "tasting")).toEqual({ model: "wine", target: "local", port: 8501 });
  await expect(settingsOf(store, "wine")).rejects.toThrow('There is no deployment "wine"');
});
