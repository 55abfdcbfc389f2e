import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { python } from "../jobFolder/testJob";
import { checkHere, checkProject } from "./checkJob";
import { checkDvcRemote } from "./dvc";
import { checkDisk } from "./resources";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "modeltrail checks ")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const { signal } = new AbortController();
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
};
const here = async (command: string[], part: { gpus?: number; cwd?: string } = {}) =>
  checkHere({ root, command, cwd: root, env: process.env, gpus: 0, signal, ...part });
const project = async () => {
  execFileSync("git", ["init", "-q"], { cwd: root });
  return checkProject({ root, env: { PATH: "/usr/bin:/bin" }, signal });
};

test("a script with all that it needs has no problem", async () => {
  write("lib/util.py", "import json, lib.more");
  write("lib/more.py", "");
  write("space/deep.py", "import csv");
  write(
    "train.py",
    [
      "import os.path, lib.util, space.deep",
      "from __future__ import annotations",
      "from . import relative",
      "from typing import TYPE_CHECKING",
      "try:\n    import not_there_fast\nexcept ImportError:\n    not_there_fast = None",
      "if TYPE_CHECKING:\n    import not_there_types",
      "def late():\n    import not_there_late",
    ].join("\n"),
  );
  expect(await here([python, "train.py"])).toEqual([]);
});

test("packages that the interpreter lacks are named, with the line that wants them", async () => {
  write("lib/__init__.py", "");
  write("lib/util.py", "import os\nfrom not_there_b.sub import x\nimport not_there_a");
  write(
    "train.py",
    "from lib import util\nimport lib.util\nimport not_there_a as a\nclass A:\n    import not_there_c\n",
  );
  const [problem, ...rest] = await here([python, "train.py"]);
  expect(rest).toEqual([]);
  expect(problem).toEqual({
    severity: "error",
    message: `${python} does not have not_there_a (train.py, line 3), not_there_c (train.py, line 5), not_there_b (lib/util.py, line 2). Install what is missing, or choose another interpreter.`,
  });
});

test("nothing of a script is executed for that, and one that cannot be read is left to its run", async () => {
  write("train.py", "open('executed', 'w')\nimport not_there");
  await here([python, "train.py"]);
  expect(() => execFileSync("ls", [path.join(root, "executed")], { stdio: "ignore" })).toThrow();
  write("broken.py", "def (");
  expect(await here([python, "broken.py"])).toEqual([]);
});

test("a program, a folder, GPUs that are not there", async () => {
  expect((await here(["no-such-program", "x"]))[0]!.message).toMatch(/^There is no program "no-such-program" here/);
  expect((await here(["./venv/bin/python", "x.py"]))[0]!.message).toMatch(/choose another interpreter/);
  write("script.sh", "");
  chmodSync(path.join(root, "script.sh"), 0o644);
  expect((await here(["./script.sh"]))[0]!.message).toMatch(/is not there, or is no program/);
  expect((await here(["true"], { cwd: path.join(root, "gone") }))[0]!.message).toMatch(/is not there/);
  write("modeltrail.yaml", "local: {gpus: 1}");
  expect((await here(["true"], { gpus: 2 }))[0]!.message).toBe("The job needs 2 GPUs, and this machine has 1 to give.");
  expect(await here(["true"], { gpus: 1 })).toEqual([]);
  expect((await checkDisk(root, 1e18))[0]!.message).toMatch(/free, and the job needs/);
});

test("secrets in the code are named, whatever they are called; ignored ones and certificates are none", async () => {
  write(".gitignore", "ignored.pem\n");
  write("ignored.pem", "");
  write("sub/.env", "A=1");
  write(".env.example", "A=");
  write("server.crt", "-----BEGIN CERTIFICATE-----\nx");
  write("deploy-key", "-----BEGIN OPENSSH PRIVATE KEY-----\nx");
  const problems = await project();
  expect(problems).toHaveLength(1);
  expect(problems[0]!.message).toMatch(/^deploy-key, sub\/\.env look like secrets, and would be kept/);
});

test("data of DVC's that is not here is told", async () => {
  write("data/a.csv.dvc", "outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  size: 1\n  path: a.csv\n");
  expect((await project())[0]!.message).toBe(
    "data/a.csv is tracked by DVC and not here. If the job needs it: dvc pull",
  );
  write("data/a.csv", "a");
  expect(await project()).toEqual([]);
});

test("data that DVC's remote does not have is told, in its own words", async () => {
  write(".dvc/config", "");
  write("bin/dvc", `#!/bin/sh\necho '{"not_in_remote": ["data/a.csv", "data/b/"]}'\n`);
  chmodSync(path.join(root, "bin/dvc"), 0o755);
  const env = { PATH: `${root}/bin:/usr/bin:/bin` };
  expect((await checkDvcRemote(root, env, signal))[0]!.message).toMatch(
    /^data\/a\.csv, data\/b\/ are not in DVC's remote/,
  );
  write("bin/dvc", "#!/bin/sh\nexit 1\n");
  expect(await checkDvcRemote(root, env, signal)).toEqual([]);
});
