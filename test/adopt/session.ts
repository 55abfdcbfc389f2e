/** A session of thirty commands in a terminal, as a person would type them, and what of it that person would call runs. */

/** The project in which it takes place. */
export const projectFiles: Record<string, string> = {
  "train.py": `import argparse, time
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--epochs", type=int, default=1)
options = parser.parse_args()
for epoch in range(options.epochs):
    print(f"epoch {epoch} loss={options.lr * 2}", flush=True)
`,
  "pkg/__init__.py": "",
  "pkg/train.py": "print('loss=0.5')\n",
  "src/eval.py": "print('accuracy=0.9')\n",
  "fail.py": "import sys\nprint('loss=7')\nsys.exit(3)\n",
  "launch.py": `import os, subprocess, sys
for rank in "01":
    subprocess.run([sys.executable, "train.py"], env=dict(os.environ, RANK=rank, WORLD_SIZE="2"), check=True)
`,
  "test_train.py": `import subprocess, sys, unittest
class Test(unittest.TestCase):
    def test(self):
        subprocess.run([sys.executable, "train.py"], check=True)
`,
  "setup.py": "print('1.0')\n",
  "run.sh": "python3 train.py --lr 9\n",
  "config.json": "{}\n",
  "snippet.txt": "print(1)\n",
  ".venv/bin/black": "print('formatted')\n",
};

export interface TypedCommand {
  /** `{python}` is an interpreter, `{modeltrail}` our own command, `{outside}` a script of another folder. */
  line: string;
  /** What follows the interpreter in the runs that it makes. */
  runs?: string[];
}

export const commands: TypedCommand[] = [
  { line: "ls" },
  { line: "python3 --version" },
  { line: "python3 train.py", runs: ["train.py"] },
  { line: "python3 train.py --lr 0.5 --epochs 2", runs: ["train.py --lr 0.5 --epochs 2"] },
  { line: "python3 -c 'import argparse'" },
  { line: "cat train.py" },
  { line: "python3 -m pip --version" },
  { line: "PYTHONHASHSEED=0 python3 -u train.py --lr 0.1", runs: ["-u train.py --lr 0.1"] },
  { line: "python3 -m json.tool config.json" },
  { line: "python3 -m pkg.train", runs: ["-m pkg.train"] },
  { line: "python3 train.py --help" },
  { line: "echo 'print(1)' | python3" },
  { line: "python3 - < snippet.txt" },
  { line: "cd src && python3 eval.py; cd ..", runs: ["eval.py"] },
  { line: "for lr in 1 2; do python3 train.py --lr $lr; done", runs: ["train.py --lr 1", "train.py --lr 2"] },
  { line: "bash run.sh", runs: ["train.py --lr 9"] },
  { line: "python3 {outside}" },
  { line: "python3 -m unittest test_train" },
  { line: "git log --oneline | cat" },
  { line: "python3 launch.py", runs: ["launch.py"] },
  { line: "{modeltrail} run -- python3 train.py --lr 3", runs: ["train.py --lr 3"] },
  { line: "python3 -m http.server --help > /dev/null" },
  { line: "python3 fail.py", runs: ["fail.py"] },
  { line: "python3 .venv/bin/black train.py" },
  { line: "python3 train.py --lr 4 | tee log.txt", runs: ["train.py --lr 4"] },
  { line: "python3 train.py --lr 6 & wait", runs: ["train.py --lr 6"] },
  { line: "python3 setup.py --version" },
  { line: "python3 nowhere.py" },
  { line: "true" },
  { line: "python3 ./train.py --lr 8 > log.txt 2>&1", runs: ["./train.py --lr 8"] },
];

/** What the runs of the session are, after their interpreters. */
export const expectedRuns = commands.flatMap(({ runs = [] }) => runs);
