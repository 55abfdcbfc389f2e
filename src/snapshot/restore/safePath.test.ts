import { expect, test } from "vitest";
import { unsafeReason } from "./safePath";

test.each([
  "a.py",
  "-n",
  "..a/b..",
  ".gitignore",
  ".github/x",
  ".gitmodules",
  "git/x",
  "a b/é",
  ".git.md",
  "aux.py",
  "a:b",
  "a\\b",
])("%j may be written", (name) => expect(unsafeReason(name, "linux")).toBeNull());

test.each([
  "",
  "/etc/passwd",
  "../a",
  "a/../../b",
  "a//b",
  "./a",
  "a/",
  ".git/config",
  ".GIT/hooks/post-checkout",
  "sub/.git",
  ".git /config",
  ".git./config",
  ".g\u200cit/config",
  "git~1/config",
  ".git::$INDEX_ALLOCATION/config",
  "a\0b",
])("%j is not", (name) => expect(unsafeReason(name, "linux")).toMatch(/\w/));

test.each(["aux.py", "CON", "lib/nul.txt", "com1", "LPT9.log", "a:b", "a\\..\\b", "a?", "end.", "end ", "x/con .txt"])(
  "%j is not on Windows",
  (name) => expect(unsafeReason(name, "win32")).toMatch(/\w/),
);

test.each(["auxiliary.py", "console/a", "com10", "null", "a.b"])("%j is on Windows too", (name) => {
  expect(unsafeReason(name, "win32")).toBeNull();
});
