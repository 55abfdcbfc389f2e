import path from "node:path";
import { expect, test } from "vitest";
import { projectOf } from "./projectOf";

const at = (...parts: string[]) => path.resolve(path.sep, ...parts);

test("a file belongs to the innermost project around it", () => {
  const projects = [at("a"), at("a", "b"), at("c")].map((root) => ({ root }));
  expect(projectOf(projects, at("a", "x.py"))?.root).toBe(at("a"));
  expect(projectOf(projects, at("a", "b", "c", "x.py"))?.root).toBe(at("a", "b"));
  expect(projectOf(projects, at("a", "..x.py"))?.root).toBe(at("a"));
  expect(projectOf(projects, at("ab", "x.py"))).toBeUndefined();
  expect(projectOf(projects, at("c"))).toBeUndefined();
});
