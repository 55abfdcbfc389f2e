/** Runs that repeat an earlier one are known by their inputs, through the real command and with the examples' own scripts. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Run } from "../../src/domain/run";
import { gitIn } from "../../src/snapshot/code/testRepository";
import { pythonWithPackages } from "../examplePython";
import { makeProject, python, recorded, runSession, useCli, withStore } from "./cli";

useCli();

const root = path.resolve(import.meta.dirname, "../..");

/** A copy of an example in a repository of its own, which does not ignore what runs write. */
function exampleRepository(name: string): string {
  const folder = makeProject();
  cpSync(path.join(root, "examples", name), folder, {
    recursive: true,
    filter: (source) => ![".venv", "outputs", ".gitignore", ".modeltrail"].includes(path.basename(source)),
  });
  gitIn(folder, "init", "--quiet", "--initial-branch=main");
  gitIn(folder, "add", "--all");
  gitIn(folder, "commit", "--quiet", "-m", "first");
  return folder;
}

let home: string;
beforeAll(() => {
  home = makeProject();
});

async function record(cwd: string, command: string[], env: Record<string, string> = {}): Promise<Run> {
  const { code, err } = await runSession({ command: recorded(command), cwd, env: { HOME: home, ...env } });
  expect(code, err.toString()).toBe(0);
  return withStore(cwd, (store) => store.getRun(store.resolveRun("latest"))!);
}

const write = (folder: string, name: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

/** A package that is there, as far as Python's metadata tells. */
function install(folder: string, version: string): void {
  rmSync(path.join(folder, "site"), { recursive: true, force: true });
  const metadata = `Metadata-Version: 2.1\nName: fake\nVersion: ${version}\n`;
  write(folder, `site/fake-${version}.dist-info/METADATA`, metadata);
}

describe("examples/quickstart", () => {
  const options = ["train.py", "--epochs", "2"];

  it("is a repeat the second time, and another run when anything of it has changed", async () => {
    const folder = exampleRepository("quickstart");
    const packages = makeProject();
    install(packages, "1.0");
    const env = { PYTHONPATH: path.join(packages, "site") };
    const command = [python, ...options];
    const first = await record(folder, command, env);
    expect(first).toMatchObject({ inputs: expect.stringMatching(/^[0-9a-f]{64}$/), repeatOf: null, repeats: 1 });
    expect(first.artifacts.map((file) => file.path)).toContain("outputs/metrics.json");

    const second = await record(folder, command, env);
    expect(second).toMatchObject({ inputs: first.inputs, repeatOf: first.id, repeats: 2 });
    // What the first has left is in the second's code snapshot, as a file that git does not ignore.
    expect(second.snapshot.code.tree).not.toBe(first.snapshot.code.tree);

    const seen = new Set([first.inputs]);
    const another = (run: Run) => {
      expect(run.inputs).toMatch(/^[0-9a-f]{64}$/);
      expect(seen).not.toContain(run.inputs);
      seen.add(run.inputs);
    };
    another(await record(folder, [...command, "--seed", "4"], env));
    another(await record(folder, command, { ...env, PYTHONHASHSEED: "7" }));
    another(await record(folder, command, { ...env, TRAIN_SEED: "7" }));
    install(packages, "1.1");
    another(await record(folder, command, env));
    install(packages, "1.0");
    const script = gitIn(folder, "show", "HEAD:train.py");
    write(folder, "train.py", `${script}\n# a line\n`);
    another(await record(folder, command, env));
    gitIn(folder, "checkout", "--quiet", "train.py");
    const data = gitIn(folder, "show", "HEAD:data/iris.csv");
    write(folder, "data/iris.csv", `${data}\n${data.split("\n").at(-1)}\n`);
    another(await record(folder, command, env));
    gitIn(folder, "checkout", "--quiet", "data/iris.csv");
    expect(await record(folder, command, env)).toMatchObject({ inputs: first.inputs, repeats: 3 });
  });

  it("is a repeat outside of git as well", async () => {
    const folder = makeProject();
    cpSync(path.join(root, "examples/quickstart/train.py"), path.join(folder, "train.py"));
    cpSync(path.join(root, "examples/quickstart/data"), path.join(folder, "data"), { recursive: true });
    const first = await record(folder, [python, ...options]);
    const second = await record(folder, [python, ...options]);
    expect(second).toMatchObject({ inputs: first.inputs, repeatOf: first.id });
  });
});

const withPackages = pythonWithPackages();

it.skipIf(!withPackages)("examples/wine is a repeat the second time, although it has drawn a picture", async () => {
  const folder = exampleRepository("wine");
  const command = [withPackages!, "train.py", "--model", "logistic", "--epochs", "3"];
  const first = await record(folder, command);
  const second = await record(folder, command);
  expect(second).toMatchObject({ inputs: first.inputs, repeatOf: first.id, repeats: 2 });
  expect(second.artifacts.map((file) => path.basename(file.path))).toContain("confusion_matrix.png");
});

it("takes what the run read from an ignored file, its config and its secrets into account", async () => {
  const script = `import json
print(open("ignored/data.txt").read(), json.load(open("conf.json")), len(open(".env").read()))`;
  const folder = makeProject({ "train.py": script, ".gitignore": "ignored\n.env\n" });
  gitIn(folder, "init", "--quiet");
  const [data, conf, secrets] = ["ignored/data.txt", "conf.json", ".env"];
  for (const [name, text] of [
    [data, "1"],
    [conf, "{}"],
    [secrets, "KEY=1"],
  ])
    write(folder, name!, text!);
  const command = [python, "train.py"];
  const first = await record(folder, command);
  expect(first.inputs).not.toBeNull();
  expect((await record(folder, command)).inputs).toBe(first.inputs);
  const others = [];
  for (const [name, text] of [
    [data, "2"],
    [conf, '{"a": 1}'],
    [secrets, "KEY=10"],
  ]) {
    write(folder, name!, text!);
    others.push((await record(folder, command)).inputs);
  }
  expect(new Set([first.inputs, ...others]).size).toBe(4);
});

it("claims nothing of a run that could not be seen into", async () => {
  const folder = makeProject({ "train.py": "print(1)\n" });
  expect((await record(folder, [python, "-I", "train.py"])).inputs).toBeNull();
  expect((await record(folder, ["true"])).inputs).toBeNull();
});
