/** Which command lines of Python are runs, as the tracer judges them on every interpreter found here. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findPythons, tracerFolder } from "../tracer/python";

/** What is the project's in these cases. */
const FILES = [
  "train.py",
  "src/eval.py",
  "setup.py",
  "manage.py",
  "tool",
  "/home/me/project/train.py",
  "C:\\p\\train.py",
];
const MODULES = ["mypkg", "mypkg.train", "src.train", "build_data"];

const RUNS: string[][] = [
  ["python", "train.py"],
  ["python3", "-u", "train.py", "--lr", "0.1"],
  ["python", "-W", "error", "-X", "dev", "-Xutf8", "-OO", "train.py"],
  ["python", "--check-hash-based-pycs", "always", "train.py"],
  ["python", "src/eval.py", "-c", "config.yaml", "-m", "pip"],
  ["python", "tool"],
  ["python", "-i", "train.py"],
  ["python", "-m", "mypkg.train", "--epochs", "3"],
  ["python", "-um", "mypkg"],
  ["python", "-msrc.train"],
  ["python", "-m", "build_data"],
  ["python", "train.py", "-h", "224"],
  ["python", "/venv/bin/torchrun", "--nproc-per-node", "2", "train.py"],
  ["python", "-m", "torch.distributed.run", "-m", "mypkg.train"],
  ["python", "/venv/bin/accelerate", "launch", "--num_processes", "2", "src/eval.py"],
  ["python", "/venv/bin/ipython", "train.py"],
  ["python", "-m", "cProfile", "-o", "profile.out", "train.py"],
  ["python", "-m", "pdb", "train.py"],
];
const DEBUGGED: [line: string[], command: string[]][] = [
  [
    [
      "/v/python",
      "/x/debugpy/launcher/../../debugpy",
      "--connect",
      "127.0.0.1:1",
      "--configure-qt",
      "none",
      "--adapter-access-token",
      "s",
      "train.py",
      "--lr",
      "1",
    ],
    ["/v/python", "train.py", "--lr", "1"],
  ],
  [
    ["python", "-m", "debugpy", "--listen", "5678", "--wait-for-client", "-m", "mypkg.train", "a"],
    ["python", "-m", "mypkg.train", "a"],
  ],
];
const OTHERS: string[][] = [
  ["python"],
  ["python", "-i"],
  ["python", "-"],
  ["python", "-", "train.py"],
  ["python", "-c", "import train"],
  ["python", "-Bc", "print(1)", "train.py"],
  ["python", "-V"],
  ["python", "--version"],
  ["python", "train.py", "--help"],
  ["python", "train.py", "-h"],
  ["python", "-m", "mypkg.train", "--lr", "1", "--help"],
  ["python", "-m", "venv", ".venv"],
  ["python", "-m", "http.server"],
  ["python", "-m", "json.tool", "a.json"],
  ["python", "-m", "ipykernel_launcher", "-f", "kernel.json"],
  ["python", "-m"],
  ["python", "/venv/bin/black", "train.py"],
  ["python", "/venv/bin/jupyter", "lab"],
  ["python", "/venv/bin/ipython"],
  ["python", "/venv/bin/accelerate", "config"],
  ["python", "-m", "cProfile", "/venv/bin/black"],
  ["python", "/elsewhere/train.py"],
  ["python", "/x/debugpy/launcher", "4321", "--", "train.py"],
  ["python", "/x/debugpy/adapter", "--port", "1"],
  ["python", "-m", "debugpy", "--listen", "5678", "-c", "print(1)"],
  ["python", "-m", "debugpy", "--listen", "5678", "--pid", "77"],
  ["python", "-m", "debugpy", "--connect", "1", "/venv/bin/black"],
];
const QUIET: string[][] = [
  ["python", "-m", "pip", "install", "torch"],
  ["python", "/venv/bin/pip3", "list"],
  ["python", "/venv/bin/pytest", "tests"],
  ["python", "-m", "pytest"],
  ["python", "-m", "unittest", "discover"],
  ["python", "C:\\venv\\Scripts\\pytest.exe"],
  ["python", "setup.py", "install"],
  ["python", "manage.py", "runserver"],
  ["python", "-m", "debugpy", "--listen", "1", "-m", "pytest"],
];

const program = `
import json, sys, runpy
rule = runpy.run_path(sys.argv[1])
lines, files, modules = json.load(sys.stdin)
print(json.dumps([rule["judge"](line, lambda name: name in files, lambda name: name in modules) for line in lines]))
`;

test.each(findPythons())("Python $version tells runs from everything else", ({ executable }) => {
  const lines = [...RUNS, ...DEBUGGED.map(([line]) => line), ...OTHERS, ...QUIET];
  const rule = join(tracerFolder, "_modeltrail/adoption.py");
  const input = JSON.stringify([lines, FILES, MODULES]);
  const verdicts = JSON.parse(execFileSync(executable, ["-c", program, rule], { input, encoding: "utf8" }));
  const expected = [
    ...RUNS.map((line) => ["run", line]),
    ...DEBUGGED.map(([, command]) => ["run", command]),
    ...OTHERS.map(() => ["other", null]),
    ...QUIET.map(() => ["quiet", null]),
  ];
  const named = (list: unknown[]) => list.map((verdict, at) => [lines[at]!.join(" "), verdict]);
  expect(named(verdicts)).toEqual(named(expected));
});
