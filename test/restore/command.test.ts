/** `modeltrail restore` as people use it: what it says, what it refuses, how it ends. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { RestoredFile, RestoreReport } from "../../src/domain/restore";
import {
  filesOnDisk,
  gitIn,
  makeRepository,
  temporaryFolder,
  writeFiles,
} from "../../src/snapshot/code/testRepository";
import { baseEnvironment, modeltrail, python, recorded, useCli } from "../recorder/cli";
import { TRAIN } from "./restored";

useCli();

const SCRIPT = `import sys\nopen("data.csv").read()\nopen("out.txt", "w").write(sys.argv[1])\n${TRAIN}`;
let root: string;
let env: Record<string, string>;

interface Result {
  code: number | null;
  out: string;
  err: string;
}

function call([program, ...args]: string[], cwd: string): Result {
  const { status, stdout, stderr } = spawnSync(program!, args, { cwd, env, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

const cli = (...args: string[]) => call(modeltrail(...args), root);

/** A repository whose script has been run, with all that was there then. */
beforeEach(() => {
  root = makeRepository({ "train.py": SCRIPT, "lib/util.py": "x = 1\n", ".gitignore": "data.csv\nout.txt\n" });
  env = baseEnvironment(temporaryFolder());
  writeFiles(root, { "lib/util.py": "x = 2\n", "data.csv": "1,2\n" });
  expect(call(recorded([python, "train.py", "first"], ["--name", "first"]), root)).toMatchObject({ code: 0, err: "" });
});

test("into a folder beside the project, which it names, and never twice", () => {
  const { code, out, err } = cli("restore", "first");
  const folder = `${root}-first`;
  try {
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Restored first to ${folder}: 3 files of code (`);
    expect(out).toContain("1 file of data (4 B)");
    expect(out).toContain(`Its command was started in ${folder}: ${python} train.py first`);
    expect(out).toContain("All of it is as the run had it.");
    const expected = filesOnDisk(root);
    delete expected["out.txt"];
    expect(filesOnDisk(folder)).toEqual(expected);
    const again = cli("restore", "first");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toContain(`${folder} is not empty, and a restore overwrites nothing.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("parts, as JSON", () => {
  const to = join(temporaryFolder(), "code");
  const report = RestoreReport.parse(JSON.parse(cli("restore", "first", "--to", to, "--code-only", "--json").out));
  expect(report).toMatchObject({ folder: to, exact: true, written: { code: { files: 3 }, data: { files: 0 } } });
  const all = join(temporaryFolder(), "all");
  expect(cli("restore", "first", "--to", all, "--artifacts").code).toBe(0);
  expect(readFileSync(join(all, "out.txt"), "utf8")).toBe("first");
});

test("what is missing is listed, and the exit code says so", () => {
  rmSync(join(root, "data.csv"));
  rmSync(join(root, ".modeltrail/objects"), { recursive: true });
  const { code, out } = cli("restore", "first", "--to", join(temporaryFolder(), "part"));
  expect(code).toBe(1);
  expect(out).toContain("Not there, or not as the run had it: 1");
  expect(out).toContain("data.csv is gone: neither its kept bytes nor the original are there.");
  expect(out).not.toContain("All of it");
});

test("one file, from wherever one is", () => {
  const lib = join(root, "lib");
  rmSync(join(lib, "util.py"));
  const restored = call(modeltrail("restore", "first", "--file", "util.py", "--json"), lib);
  expect(RestoredFile.parse(JSON.parse(restored.out))).toMatchObject({ path: "lib/util.py", outcome: "written" });
  expect(readFileSync(join(lib, "util.py"), "utf8")).toBe("x = 2\n");
  expect(call(modeltrail("restore", "first", "--file", "lib/util.py"), lib).out).toContain("as the run had it already");

  writeFiles(root, { "data.csv": "mine\n" });
  const refused = cli("restore", "first", "--file", "data.csv");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toContain("--force");
  expect(readFileSync(join(root, "data.csv"), "utf8")).toBe("mine\n");
  const [, undo] = cli("restore", "first", "--file", "data.csv", "--force").out.match(/is kept in (.*)\.\n/)!;
  expect([join(root, "data.csv"), undo!].map((file) => readFileSync(file, "utf8"))).toEqual(["1,2\n", "mine\n"]);

  const folder = temporaryFolder();
  expect(cli("restore", "first", "--file", "out.txt", "--written", "--to", folder).code).toBe(0);
  expect(readFileSync(join(folder, "out.txt"), "utf8")).toBe("first");
  const absent = cli("restore", "first", "--file", "nothing.py");
  expect(absent).toMatchObject({ code: 1, err: "modeltrail: nothing.py is not in what was kept of first.\n" });
});

test("a work tree, which git removes", () => {
  const to = join(temporaryFolder(), "tree");
  const status = () => gitIn(root, "status", "--porcelain=v2", "--branch");
  const before = status();
  expect(cli("restore", "first", "--worktree", to)).toMatchObject({ code: 0, err: "" });
  expect(gitIn(to, "status", "--porcelain")).toBe("");
  expect(readFileSync(join(to, "data.csv"), "utf8")).toBe("1,2\n");
  gitIn(root, "worktree", "remove", to);
  expect(existsSync(to)).toBe(false);
  expect(status()).toBe(before);
});

test("options that do not go together", () => {
  const refusals: [string[], string][] = [
    [["--force"], "--force belongs to --file."],
    [["--written"], "--written belongs to --file."],
    [["--to", "a", "--worktree", "b"], "--to and --worktree name two folders: leave out one."],
    [["--file", "train.py", "--code-only"], "--code-only does not go together with --file."],
  ];
  for (const [options, message] of refusals) {
    expect(cli("restore", "first", ...options)).toEqual({ code: 1, out: "", err: `modeltrail: ${message}\n` });
  }
});

test("Ctrl-C: what is there is whole, and it says that not all is", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`m${index}.py`, `${index}\n`.repeat(300)]),
  );
  writeFiles(root, files);
  expect(call(recorded([python, "train.py", "second"], ["--name", "second"]), root).code).toBe(0);
  // A git that stops in the middle of a file.
  const bin = join(temporaryFolder(), "bin");
  mkdirSync(bin);
  const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
  const stalling = `case "$*" in *--buffer*) '${real}' "$@" | (head -c 200000; exec sleep 20);; *) exec '${real}' "$@";; esac`;
  writeFiles(bin, { git: `#!/bin/sh\n${stalling}\n` });
  chmodSync(join(bin, "git"), 0o755);
  const to = join(temporaryFolder(), "part");
  const [program, ...args] = modeltrail("restore", "second", "--to", to, "--json");
  const child = spawn(program!, args, { cwd: root, env: { ...env, PATH: `${bin}:${env.PATH}` } });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await vi.waitUntil(() => existsSync(to) && readdirSync(to).length > 50, { timeout: 20_000 });
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  const report = RestoreReport.parse(JSON.parse(Buffer.concat(chunks).toString()));
  expect(report).toMatchObject({ cancelled: true, exact: false });
  const there = filesOnDisk(to);
  expect(Object.keys(there)).toHaveLength(report.written.code.files);
  const expected = filesOnDisk(root);
  for (const [name, value] of Object.entries(there)) expect(expected[name]).toBe(value);
  expect(readdirSync(to).filter((name) => name.startsWith(".modeltrail"))).toEqual([]);
});
