import { expect, test } from "vitest";
import type * as vscode from "vscode";
import { createTargetSecrets } from "./secrets";

test("secrets are kept for each target of each project, and forgotten", async () => {
  const kept = new Map<string, string>();
  const storage = {
    get: async (key: string) => kept.get(key),
    store: async (key: string, value: string) => void kept.set(key, value),
    delete: async (key: string) => void kept.delete(key),
  } as unknown as vscode.SecretStorage;
  const secrets = createTargetSecrets(storage);
  expect(await secrets.environment("/a", "ray")).toEqual({});
  await secrets.set("/a", "ray", "RAY_TOKEN", "t");
  await secrets.set("/a", "ray", "OTHER", "o");
  expect(await secrets.environment("/a", "ray")).toEqual({ RAY_TOKEN: "t", OTHER: "o" });
  expect(await secrets.environment("/b", "ray")).toEqual({});
  await secrets.forget("/a", "ray");
  expect(await secrets.environment("/a", "ray")).toEqual({});
  expect(kept.size).toBe(0);
});
