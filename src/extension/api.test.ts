import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findKind } from "../targets/foreign/registrations";
import { createApi } from "./api";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "modeltrail-api-"));
  vi.stubEnv("XDG_DATA_HOME", folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("what an extension tells of is found by processes without the editor", async () => {
  const api = createApi();
  expect(api.apiVersion).toBe(1);
  await api.registerTarget("acme.cloud", { program: ["/opt/acme", "run"], env: { ELECTRON_RUN_AS_NODE: "1" } });
  expect(findKind("acme.cloud")).toEqual({
    version: 1,
    program: ["/opt/acme", "run"],
    env: { ELECTRON_RUN_AS_NODE: "1" },
  });
  await api.unregisterTarget("acme.cloud");
  expect(() => findKind("acme.cloud")).toThrow(/Nothing here knows targets of the kind "acme.cloud"/);
  await expect(api.registerTarget("ssh", { program: ["x"] })).rejects.toThrow(/no kind of target/);
});
