/** Throw-away repositories for tests, and the two questions every test of a snapshot asks: is it exact, is all else untouched? */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect } from "vitest";
import type { CodeVersion } from "../../domain/run";
import { type CodeOptions, type CodeSnapshot, snapshotCode } from "../code";
import { createNoted, readNotes } from "./snapshotNotes";

/** Some code to begin with. */
export const SOURCES = { "train.py": "print('hi')\n", "lib/util.py": "x = 1\n", "lib/deep/a.py": "y = 2\n" };

/** What a user of git has set up: a name, nothing else. */
const ENVIRONMENT = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

const made: string[] = [];

afterAll(() => {
  for (const folder of made) fs.rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, by its real path; removed when the file's tests are done. */
export function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "modeltrail-code-")));
  made.push(folder);
  return folder;
}

export function gitIn(cwd: string, ...args: string[]): string {
  const options = { cwd, env: ENVIRONMENT, stdio: "pipe", maxBuffer: 2 ** 30 } as const;
  return execFileSync("git", args, options).toString("latin1").trimEnd();
}

export function writeFiles(folder: string, files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
}

/** A repository with these files in its first commit. */
export function makeRepository(files: Record<string, string | Buffer>, config: Record<string, string> = {}): string {
  const folder = temporaryFolder();
  gitIn(folder, "init", "--quiet", "--initial-branch=main");
  for (const [name, value] of Object.entries(config)) gitIn(folder, "config", name, value);
  writeFiles(folder, files);
  gitIn(folder, "add", "--all");
  gitIn(folder, "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "first");
  return folder;
}

/** A place for the store beside the repository. */
export function makeStore(): string {
  return path.join(temporaryFolder(), ".modeltrail");
}

/** Every file below `folder` but `.git` and `.modeltrail`, with its mode as git has it, and its bytes as a blob's id. */
export function filesOnDisk(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, file, entry } of walk(folder, (name) => !/(^|\/)(\.git|\.modeltrail)$/.test(name))) {
    if (entry.isSymbolicLink()) found[name] = `120000 ${blobId(fs.readlinkSync(file, { encoding: "buffer" }))}`;
    else found[name] = `${fs.statSync(file).mode & 0o100 ? "100755" : "100644"} ${blobId(fs.readFileSync(file))}`;
  }
  return found;
}

/** Files and links, `name` relative with one character per byte. */
function* walk(
  folder: string,
  wanted: (name: string) => boolean,
  inside = "",
): Generator<{ name: string; file: Buffer; entry: fs.Dirent<Buffer> }> {
  const bytes = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
  for (const entry of fs.readdirSync(bytes(inside), { withFileTypes: true, encoding: "buffer" })) {
    const name = inside + entry.name.toString("latin1");
    if (!wanted(name)) continue;
    if (entry.isDirectory()) yield* walk(folder, wanted, `${name}/`);
    else if (entry.isFile() || entry.isSymbolicLink()) yield { name, file: bytes(name), entry };
  }
}

function blobId(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** The same of a snapshot, submodules included; what was absent from the disk is left out. */
export function filesInSnapshot(code: Pick<CodeVersion, "commit" | "gitDir" | "root">): Record<string, string> {
  const found: Record<string, string> = {};
  const isAbsent = createNoted(readNotes(gitIn(code.gitDir!, "cat-file", "commit", code.commit!)).absent);
  const records = gitIn(code.gitDir!, "ls-tree", "-r", "-z", "--full-tree", code.commit!).split("\0").filter(Boolean);
  for (const record of records) {
    const name = record.slice(record.indexOf("\t") + 1);
    const about = record.slice(0, record.indexOf("\t"));
    const [mode, , oid] = about.split(" ") as [string, string, string];
    if (isAbsent(name)) continue;
    if (mode !== "160000") {
      // Reading it proves that the bytes are there, and not only their name.
      gitIn(code.gitDir!, "cat-file", "-e", oid);
      found[name] = `${mode} ${oid}`;
      continue;
    }
    const inside = path.join(code.root!, Buffer.from(name, "latin1").toString());
    if (!fs.existsSync(path.join(inside, ".git"))) continue;
    const gitDir = gitIn(inside, "rev-parse", "--absolute-git-dir");
    for (const [inner, value] of Object.entries(filesInSnapshot({ commit: oid, gitDir, root: inside }))) {
      found[`${name}/${inner}`] = value;
    }
  }
  return found;
}

/** All that a snapshot must leave as it is: index, HEAD, refs but ours, stash, reflogs, settings, and every file. */
export function fingerprint(folder: string): Record<string, string> {
  const state: Record<string, string> = {};
  const ours = /(^|\/)(objects|refs\/modeltrail|\.modeltrail|\.git(\/.+)?\/modeltrail)$/;
  for (const { name, file, entry } of walk(folder, (inside) => !ours.test(inside))) {
    const { mode, mtimeMs, ctimeMs } = fs.lstatSync(file);
    const content = entry.isSymbolicLink() ? fs.readlinkSync(file, { encoding: "buffer" }) : fs.readFileSync(file);
    // Git, whatever it is asked, notes on the shared part of a split index that it is still in use.
    const times = name.includes(".git/sharedindex.") ? "" : `${mtimeMs} ${ctimeMs}`;
    state[name] = `${mode} ${times} ${blobId(content)}`;
  }
  return state;
}

/** Takes a snapshot and checks that nothing but it has changed. */
export async function take(root: string, options: CodeOptions & { store?: string } = {}): Promise<CodeSnapshot> {
  const before = fingerprint(root);
  const snapshot = await snapshotCode(root, options.store ?? makeStore(), options);
  expect(fingerprint(root)).toEqual(before);
  return snapshot;
}

/** Takes a snapshot that must hold exactly what is on disk but `without`, and no gap. */
export async function takeExact(
  root: string,
  without: string[] = [],
  options: CodeOptions & { store?: string } = {},
): Promise<CodeSnapshot> {
  const snapshot = await take(root, options);
  expect(snapshot.gaps).toEqual([]);
  const expected = filesOnDisk(snapshot.code.root!);
  for (const name of without) delete expected[name];
  expect(filesInSnapshot(snapshot.code)).toEqual(expected);
  return snapshot;
}

/** A program of the user's, as hooks and filters are. */
export function program(content: string): string {
  const file = path.join(temporaryFolder(), "program");
  fs.writeFileSync(file, `#!/bin/sh\n${content}\n`, { mode: 0o755 });
  return file;
}
