/** Runs a command in some place, bare and recorded, and holds what must be the same wherever that is against it. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Run } from "../../src/domain/run";
import { fingerprint, gitIn } from "../../src/snapshot/code/testRepository";
import { baseEnvironment, makeProject, modeltrail, recorded, runSession, type SessionResult } from "./cli";

export interface Place {
  cwd: string;
  command: string[];
  /** Folders in which nothing may change; where one is a repository, also all that git says of it. */
  watched: string[];
  /** More of the environment. */
  env?: Record<string, string>;
}

export interface Visit {
  /** The command's output, which recording did not change. */
  output: SessionResult;
  /** What we said on standard error: at most one line. */
  complaint: string;
  /** The command's environment: its own home folder, in which no project is. */
  env: Record<string, string>;
}

/** Throws when recording changes what the command does or anything of the user's. */
export async function visit({ cwd, command, watched, env: more }: Place): Promise<Visit> {
  const env = { HOME: makeProject(), ...more };
  const bare = await runSession({ command, cwd, env });
  expect(bare, bare.err.toString()).toMatchObject({ code: 0, signal: null });
  const before = watched.map(stateOf);
  const ours = await runSession({ command: recorded(command), cwd, env });
  expect(watched.map(stateOf)).toEqual(before);
  const complaints = ours.err.toString("latin1").match(/^modeltrail: .*\n/gm) ?? [];
  expect(complaints.length).toBeLessThan(2);
  const complaint = Buffer.from(complaints.join(""), "latin1").toString();
  const err = Buffer.from(ours.err.toString("latin1").replace(complaints[0] ?? "", ""), "latin1");
  expect({ ...ours, err }).toEqual(bare);
  return { output: bare, complaint, env };
}

/** The newest run as `modeltrail show` gives it. */
export function showLatest(cwd: string, env: Record<string, string>): Run {
  const [program, ...args] = modeltrail("show", "latest", "--json");
  const options = { cwd, env: { ...baseEnvironment(cwd), ...env }, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  return JSON.parse(execFileSync(program!, args, options));
}

const OURS = /^refs\/modeltrail\//;

/** What of a folder may not change: its files, and all that git says of it where it is a repository. */
export function stateOf(folder: string): Record<string, unknown> {
  const files = fingerprint(folder);
  if (!existsSync(join(folder, ".git"))) return { files };
  const git = (...args: string[]) => gitIn(folder, "--no-optional-locks", ...args);
  const inGit = (name: string) => Buffer.from(git("rev-parse", "--path-format=absolute", "--git-path", name), "latin1");
  const index = inGit("index");
  // A tree that dangled may do so no more, because the snapshot has it too.
  const check = spawnSync("git", ["fsck", "--strict", "--no-dangling", "--no-progress"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(check.status, check.stderr).toBe(0);
  return {
    files,
    index: existsSync(index) ? sha256(readFileSync(index)) : "none",
    head: readFileSync(inGit("HEAD"), "utf8"),
    refs: git("for-each-ref", "--format=%(refname) %(objectname)")
      .split("\n")
      .filter((line) => line !== "" && !OURS.test(line)),
    stash: git("stash", "list"),
    status: git("status", "--porcelain=v2", "--branch", "--show-stash", "--untracked-files=all", "-z"),
    check: check.stdout,
  };
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Leaves not a byte free on the disk; removing the file frees it again. */
export function fillDisk(disk: string): string {
  const path = join(disk, "ballast");
  const file = openSync(path, "w");
  try {
    for (const size of [1 << 16, 1 << 12, 1]) fillBy(file, Buffer.alloc(size));
  } finally {
    closeSync(file);
  }
  return path;
}

function fillBy(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  }
}
