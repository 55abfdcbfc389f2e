import { expect, test } from "vitest";
import { isAbsent, listFlag } from "./gcloud";
import { checkEndpointOf, newHandle, newNames } from "./handle";

const ID = /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

test.for(["wine", "1.Wine_quality--of the north", "x".repeat(100), "ä"])("%s gets ids that Vertex AI takes", (name) => {
  const handle = newHandle(name, { project: "p", region: "europe-west4" });
  const names = newNames(handle, 12_345);
  for (const id of [handle.endpoint, checkEndpointOf(handle), names.model]) expect(id).toMatch(ID);
  expect(names.deployed).toMatch(/^[1-9]\d{8}$/);
  expect(newHandle(name, handle).endpoint).not.toBe(handle.endpoint);
});

test("lists are divided by what is in none of their words", () => {
  expect(listFlag("args", ["a", "b"])).toBe("--args=a,b");
  expect(listFlag("args", ["a,b", "c"])).toBe("--args=^@^a,b@c");
  expect(listFlag("args", ["^@^", ","])).toBe("--args=^~^^@^~,");
  expect(listFlag("args", ["^:^a", "b"])).toBe("--args=^,^^:^a,b");
});

test("only what is not there counts as gone", () => {
  expect(isAbsent("ERROR: (gcloud.ai.models.delete) NOT_FOUND: The Model does not exist.")).toBe(true);
  expect(isAbsent("ERROR: (gcloud.storage.rm) The following URLs matched no objects or files:\n-gs://a/b/")).toBe(true);
  expect(isAbsent("PERMISSION_DENIED: not found in the list of those who may")).toBe(false);
});
