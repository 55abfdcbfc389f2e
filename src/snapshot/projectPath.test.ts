import { expect, test } from "vitest";
import { projectPath } from "./projectPath";

test.skipIf(process.platform === "win32").each([
  ["/work/p", "/work/p/a/b.csv", "a/b.csv"],
  ["/work/p", "/work/p", "."],
  ["/work/p", "/work/p/a/", "a"],
  ["/work/p", "/work/p/.hidden/a", ".hidden/a"],
  ["/work/p", "/work/p/x/../a", "a"],
  ["/work/p", "/work/p//a", "a"],
  ["/work/p", "/work/p/..data/a", "..data/a"],
  ["/work/p", "/work/p/../q/a", "/work/p/../q/a"],
  ["/work/p", "/work/pq/a", "/work/pq/a"],
  ["/work/p", "/work", "/work"],
  ["/", "/data/a", "data/a"],
])("in %s, %s is %s", (root, file, name) => {
  expect(projectPath(root, file)).toBe(name);
});
