import { expect, it } from "vitest";
import { GitError } from "../git";
import { reducedTree } from "./reducedTree";
import { gitIn, makeRepository, writeFiles } from "./testRepository";

const FILES = {
  "train.py": "print(1)\n",
  "outputs/metrics.json": "{}",
  "outputs/model.bin": "\0\x01",
  "outputs/deep/er/picture.png": "png",
  "lib/a.py": "a = 1\n",
  "lib/Ünïcode.txt": "ü",
};

function treeOf(folder: string): string {
  gitIn(folder, "add", "--all");
  return gitIn(folder, "write-tree");
}

/** What git says of a repository with these files. */
function gitsTree(files: Record<string, string>): string {
  const folder = makeRepository({ anything: "" });
  gitIn(folder, "rm", "--quiet", "anything");
  writeFiles(folder, files);
  return treeOf(folder);
}

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(FILES).filter(([name]) => !names.includes(name)));
}

it.each([
  { what: "one file", left: ["outputs/metrics.json"] },
  { what: "a folder's last file", left: ["outputs/deep/er/picture.png"] },
  { what: "all files of a folder", left: ["outputs/metrics.json", "outputs/model.bin", "outputs/deep/er/picture.png"] },
  { what: "a name that is not ASCII, and one at the top", left: ["lib/Ünïcode.txt", "train.py"] },
  { what: "everything", left: Object.keys(FILES) },
])("is the tree that git would make without $what", async ({ left }) => {
  const folder = makeRepository(FILES);
  const paths = left.map((name) => Buffer.from(name).toString("latin1"));
  expect(await reducedTree(`${folder}/.git`, treeOf(folder), paths)).toBe(gitsTree(without(...left)));
});

it("is the tree itself when nothing of it is to be left out", async () => {
  const folder = makeRepository(FILES);
  const tree = treeOf(folder);
  const strangers = ["nowhere.txt", "outputs", "lib/deep/none", "train.py/inside", ".modeltrail/x"];
  expect(await reducedTree(`${folder}/.git`, tree, strangers)).toBe(tree);
  expect(await reducedTree("/nowhere", tree, [])).toBe(tree);
});

it("keeps links, submodules and programs as they are", async () => {
  const folder = makeRepository(FILES);
  const commit = gitIn(folder, "rev-parse", "HEAD");
  gitIn(folder, "update-index", "--add", "--cacheinfo", `160000,${commit},outputs/sub`);
  gitIn(folder, "update-index", "--chmod=+x", "outputs/model.bin");
  const whole = gitIn(folder, "write-tree");
  gitIn(folder, "update-index", "--force-remove", "outputs/metrics.json");
  const expected = gitIn(folder, "write-tree");
  expect(await reducedTree(`${folder}/.git`, whole, ["outputs/metrics.json", "outputs/sub/x"])).toBe(expected);
});

it("says so when the tree is gone", async () => {
  const folder = makeRepository(FILES);
  await expect(reducedTree(`${folder}/.git`, "1".repeat(40), ["train.py"])).rejects.toThrow(/does not have the tree/);
  await expect(reducedTree("/nowhere", "1".repeat(40), ["train.py"])).rejects.toThrow(GitError);
});
