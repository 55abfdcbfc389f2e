import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempStore } from "../../store/testStore";
import { look } from "./look";

test("who looks on and on leaves a cloud alone for a while, and who asks gets an answer", async () => {
  const store = tempStore();
  const target = {
    ...{ kind: "sagemaker", role: "arn:aws:iam::123456789012:role/serve", image: "host/{hash}" },
    program: process.execPath,
  };
  writeFileSync(join(store.root, "modeltrail.yaml"), JSON.stringify({ targets: { cloud: target } }));
  store.deployments.ensure({ name: "wine", model: "wine", target: "cloud" });
  store.deployments.setHandle("wine", {
    ...{ endpoint: "wine", account: "123456789012", region: "eu-west-1", bundles: null, served: null, former: null },
  });
  const context = { store, env: process.env };
  const stateOf = async (isWatching: boolean) => (await look(context, "wine", { isWatching })).served?.state;
  // Never asked before.
  expect(await stateOf(true)).toBe("unreachable");
  store.deployments.saw("wine", { state: "live", detail: null, endpoint: null, versions: [], traffic: null });
  expect(await stateOf(true)).toBe("live");
  expect(await stateOf(false)).toBe("unreachable");
});
