import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findEntryPoints } from "./findEntryPoints";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "entry-points-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}

const MAIN = 'def main(): ...\nif __name__ == "__main__":\n    main()\n';

test("scripts with a main block, and notebooks", async () => {
  write("train.py", MAIN);
  write("zoo/deep/eval.py", "if '__main__' == __name__: pass\n");
  write("library.py", "text = '''\n  if __name__ == \"__main__\": not a block\n'''\n");
  write("test_train.py", MAIN);
  write("-odd.py", MAIN);
  write("notes/look.ipynb", "{}");
  write(".venv/lib/tool.py", MAIN);
  const { points, faults, cut } = await findEntryPoints(root);
  expect(points.map(({ kind, name, cwd, command }) => [kind, name, cwd, command])).toEqual([
    ["script", "-odd.py", "", ["python", "./-odd.py"]],
    ["script", "train.py", "", ["python", "train.py"]],
    ["notebook", "notes/look.ipynb", "notes", ["look.ipynb"]],
    ["script", "zoo/deep/eval.py", "", ["python", "zoo/deep/eval.py"]],
  ]);
  expect({ faults, cut }).toEqual({ faults: [], cut: false });
});

test("in a repository, what git ignores is left out", async () => {
  execFileSync("git", ["init", "-q", root]);
  write(".gitignore", "old/\n");
  write("old/train.py", MAIN);
  write("träning.py", MAIN);
  expect((await findEntryPoints(root)).points.map(({ name }) => name)).toEqual(["träning.py"]);
});

test("what files define, the project's own first", async () => {
  write("train.py", MAIN);
  write(
    "modeltrail.yaml",
    [
      "entries:",
      "  small: python train.py --note 'two words'",
      "  big: {command: [bash, run.sh], cwd: ./jobs/, target: gpu, experiment: large}",
    ].join("\n"),
  );
  write("pipe/dvc.yaml", "stages:\n  prepare: {cmd: x}\n  train: {foreach: [1], do: {cmd: y}}\n");
  write("MLproject", "name: demo\nentry_points:\n  main: {command: python train.py}\n");
  const { points } = await findEntryPoints(root);
  expect(points).toEqual([
    {
      kind: "entry",
      name: "small",
      file: "modeltrail.yaml",
      cwd: "",
      command: ["python", "train.py", "--note", "two words"],
    },
    {
      kind: "entry",
      name: "big",
      file: "modeltrail.yaml",
      cwd: "jobs",
      command: ["bash", "run.sh"],
      target: "gpu",
      experiment: "large",
    },
    {
      kind: "project",
      name: "main",
      file: "MLproject",
      cwd: "",
      command: ["python", "-m", "mlflow", "run", ".", "-e", "main", "--env-manager", "local"],
      experiment: "demo",
    },
    {
      kind: "stage",
      name: "prepare",
      file: "pipe/dvc.yaml",
      cwd: "pipe",
      command: ["python", "-m", "dvc", "repro", "prepare"],
      experiment: "prepare",
    },
    {
      kind: "stage",
      name: "train",
      file: "pipe/dvc.yaml",
      cwd: "pipe",
      command: ["python", "-m", "dvc", "repro", "train"],
      experiment: "train",
    },
    { kind: "script", name: "train.py", file: "train.py", cwd: "", command: ["python", "train.py"] },
  ]);
});

test("a file that cannot be read as it should be is told, and the others are found", async () => {
  write("modeltrail.yaml", "entries:\n  bad: 'python \"train.py'\n");
  write("dvc.yaml", "stages: [\n");
  write("train.py", MAIN);
  const { points, faults } = await findEntryPoints(root);
  expect(points.map(({ name }) => name)).toEqual(["train.py"]);
  expect(faults.map(({ file }) => file)).toEqual(["modeltrail.yaml", "dvc.yaml"]);
  expect(faults[0]!.message).toBe('A quote (") is not closed.');
});
