import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { neededPackages } from "./packages";

let stage: string;
beforeEach(() => {
  stage = mkdtempSync(path.join(tmpdir(), "packages-"));
});
afterEach(() => rmSync(stage, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(stage, name)), { recursive: true });
  writeFileSync(path.join(stage, name), text);
}

const ask = (cwd: string, command: string[], env: NodeJS.ProcessEnv = process.env) =>
  neededPackages(
    { stage, cwd, command },
    { env, storeFolder: path.join(stage, ".modeltrail"), signal: new AbortController().signal },
  );

test("the nearest list counts, with those that it refers to, without the project itself", async () => {
  write("requirements.txt", "numpy==1\n");
  write(
    "models/requirements.txt",
    "-r ../base.txt  # shared\n# nothing\n-e .\n.[extra]\n--no-binary \\\n  :all:\nscipy>=1\n",
  );
  write("base.txt", "-r models/requirements.txt\nclick==8\n");
  const { requirements, source } = await ask("models", ["python3", "train.py"]);
  expect(requirements).toEqual(["click==8", "--no-binary    :all:", "scipy>=1"]);
  expect(source).toBe("models/requirements.txt");
  expect((await ask("other", ["python3", "train.py"])).source).toBe("requirements.txt");
});

test("without a list, exactly what the interpreter of the command has", async () => {
  const bin = path.join(stage, "venv", "bin");
  const site = path.join(stage, "venv", "site");
  write("venv/site/numpy-2.1.0.dist-info/METADATA", "Name: numpy\nVersion: 2.1.0\n");
  // Says what a Python with that folder would, without being one.
  const answer = [path.join(bin, "python"), "3.11.4", "cpython", path.join(stage, "venv"), site].join("\\000");
  write("venv/bin/python", `#!/bin/sh\nprintf '${answer}'\n`);
  chmodSync(path.join(bin, "python"), 0o755);
  const { python, requirements } = await ask("", [path.join(bin, "python"), "train.py"]);
  expect({ python, requirements }).toEqual({ python: "3.11.4", requirements: ["numpy==2.1.0"] });
});

test("a command that is no Python, where there is none", async () => {
  expect(await ask("", ["make"], { PATH: "" })).toEqual({ python: null, requirements: [], source: "the image alone" });
});
