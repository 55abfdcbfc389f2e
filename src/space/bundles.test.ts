import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { processIdentity } from "../store/process";
import { tempStore } from "../store/testStore";
import { findLeftovers } from "./leftovers";

const DAY_MS = 24 * 60 * 60 * 1000;
const [USED, UNUSED, FRESH] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];

test("bundles that no deployment names, and nobody touched for a day, are left over", async () => {
  const store = tempStore();
  const now = Date.now();
  const place = (hash: string) => join(store.folder, "bundles", hash);
  for (const hash of [USED, UNUSED, FRESH]) {
    mkdirSync(place(hash), { recursive: true });
    const file = join(place(hash), "bundle.json");
    writeFileSync(file, "{}");
    const changed = new Date(hash === FRESH ? now : now - 2 * DAY_MS);
    for (const path of [file, place(hash)]) utimesSync(path, changed, changed);
  }
  store.deployments.ensure({ name: "wine", model: "wine", target: "local" });
  const route = { model: "wine", version: 1, bundle: USED, role: "champion" as const, percent: 100 };
  const begun = { deployment: "wine", kind: "deploy" as const, routes: [route], actor: "Ada" };
  const { id } = store.deployments.begin(begun, processIdentity());
  store.deployments.end(id, "live", null);
  expect((await findLeftovers(store, now)).map(({ path }) => path)).toEqual([place(UNUSED)]);
});
