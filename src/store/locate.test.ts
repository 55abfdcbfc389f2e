import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fallbackFolder, locateRoot, readableFolder, storeExists, storeFolder } from "./locate";
import { makeReadOnly, newRun, tempDisk, tempFolder, tempStore } from "./testStore";

let home: string;

vi.mock("node:os", async (original) => {
  const os = await original<typeof import("node:os")>();
  return { ...os, homedir: vi.fn(os.homedir) };
});

beforeEach(() => {
  home = tempFolder();
  vi.mocked(homedir).mockReturnValue(home);
});

function make(...parts: string[]): string {
  const folder = join(home, ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function repository(...parts: string[]): string {
  const folder = make(...parts);
  mkdirSync(join(folder, ".git"));
  writeFileSync(join(folder, ".git", "HEAD"), "ref: refs/heads/main\n");
  return folder;
}

describe("the project of a folder", () => {
  test("is the folder itself when nothing says otherwise", () => {
    const cwd = make("a", "b");
    expect(locateRoot(cwd, {})).toEqual({ root: cwd, folder: join(cwd, ".modeltrail") });
  });

  test("is the repository, for worktrees and submodules too", () => {
    const repo = repository("repo");
    expect(locateRoot(make("repo", "src", "deep"), {}).root).toBe(repo);
    const worktree = make("worktree");
    writeFileSync(join(worktree, ".git"), "gitdir: /elsewhere/.git/worktrees/worktree\n");
    expect(locateRoot(make("worktree", "src"), {}).root).toBe(worktree);
  });

  test("is the nearest folder with a store or a modeltrail.yaml, up to the repository", () => {
    repository("repo");
    const inner = make("repo", "inner");
    const cwd = make("repo", "inner", "src");
    writeFileSync(join(inner, "modeltrail.yaml"), "");
    expect(locateRoot(cwd, {}).root).toBe(inner);
    mkdirSync(join(cwd, ".modeltrail"));
    expect(locateRoot(cwd, {}).root).toBe(cwd);
  });

  test("a store above the repository is another project's", () => {
    make("work", ".modeltrail");
    const repo = repository("work", "repo");
    expect(locateRoot(make("work", "repo", "src"), {}).root).toBe(repo);
    expect(locateRoot(make("work", "plain"), {}).root).toBe(join(home, "work"));
  });

  test("things that only look like a repository or a store do not count", () => {
    const cwd = make("p", "src");
    make("p", ".git");
    writeFileSync(join(home, "p", ".modeltrail"), "a file");
    expect(locateRoot(cwd, {}).root).toBe(cwd);
  });

  test("the home directory makes no project of everything below it", () => {
    repository();
    make(".modeltrail");
    const cwd = make("scratch");
    expect(locateRoot(cwd, {}).root).toBe(cwd);
    expect(locateRoot(home, {}).root).toBe(home);
  });

  test("also when the home directory is reached by another name", () => {
    const alias = join(tempFolder(), "home");
    symlinkSync(home, alias);
    vi.mocked(homedir).mockReturnValue(alias);
    repository();
    const cwd = make("scratch");
    expect(locateRoot(cwd, {}).root).toBe(cwd);
  });
});

describe("the store folder", () => {
  test("MODELTRAIL_DIR moves it; relative to the project", () => {
    const root = make("p");
    expect(storeFolder(root, { MODELTRAIL_DIR: "/data/runs" }).folder).toBe("/data/runs");
    expect(storeFolder(root, { MODELTRAIL_DIR: "../runs" }).folder).toBe(join(home, "runs"));
  });

  test("a project that cannot be written to keeps its runs with the user", () => {
    const root = make("missing"); // as root, permissions hold nobody back: a folder that is not there stands for one
    const env = { XDG_DATA_HOME: join(home, "data") };
    const folder = fallbackFolder(root, env);
    expect(folder.startsWith(join(home, "data", "modeltrail", "stores"))).toBe(true);
    expect(storeFolder(join(root, "gone"), env)).toEqual({
      folder: fallbackFolder(join(root, "gone"), env),
      fallback: true,
    });
    expect(storeFolder(root, env)).toEqual({ folder: join(root, ".modeltrail"), fallback: false });
    // Once begun there, it stays.
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "db.sqlite"), "");
    expect(storeFolder(root, env)).toEqual({ folder, fallback: true });
    expect(storeExists(root, env)).toBe(true);
  });

  test("a store that can only be read is read where it is", ({ skip }) => {
    const root = tempDisk("1m") ?? skip("needs the right to mount");
    const env = { XDG_DATA_HOME: join(home, "data") };
    mkdirSync(join(root, ".modeltrail"));
    writeFileSync(join(root, ".modeltrail", "db.sqlite"), "");
    makeReadOnly(root);
    expect(readableFolder(root, env)).toBe(join(root, ".modeltrail"));
    expect(storeFolder(root, env).fallback).toBe(true);
  });

  test("a project with a store has one", () => {
    const root = make("p");
    expect(storeExists(root)).toBe(false);
    tempStore(root).createRun(newRun());
    expect(storeExists(root)).toBe(true);
  });
});
