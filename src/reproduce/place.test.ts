import { expect, it } from "vitest";
import { type Move, moveText, nameBefore } from "./place";

const MOVE: Move = {
  before: { root: "/home/me/repo", project: "/home/me/repo/ml", cwd: "/home/me/repo/ml/src" },
  after: { root: "/tmp/fresh", project: "/tmp/fresh/ml", cwd: "/tmp/fresh/ml/src" },
};

it.each([
  ["/home/me/repo/ml/data.csv", "/tmp/fresh/ml/data.csv"],
  ["--data=/home/me/repo/ml/data.csv", "--data=/tmp/fresh/ml/data.csv"],
  ["/home/me/repo", "/tmp/fresh"],
  ["/home/me/repo:/home/me/repo/lib:/opt", "/tmp/fresh:/tmp/fresh/lib:/opt"],
  // Other folders that begin with the same letters.
  ["/home/me/repository/a", "/home/me/repository/a"],
  ["/home/me/repo2/a:/home/me/repo/a", "/home/me/repo2/a:/tmp/fresh/a"],
  ["relative/path", "relative/path"],
  ["", ""],
])("moves %s", (text, moved) => expect(moveText(text, MOVE)).toBe(moved));

it.each([
  ["data.csv", "data.csv"],
  ["/home/me/repo/ml/data.csv", "data.csv"],
  ["/home/me/repo/other.csv", "/home/me/repo/other.csv"],
  ["/datasets/x.csv", "/datasets/x.csv"],
])("names %s as the first run did", (name, before) => expect(nameBefore(name, MOVE)).toBe(before));
