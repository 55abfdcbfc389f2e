import { expect, test } from "vitest";
import { createArgumentsReader } from "./arguments";
import type { SpoolRecord } from "./spool";

const start = (process: string, argv: string[], more: object = {}): SpoolRecord => ({
  e: "start",
  t: 1,
  process,
  pid: 1,
  ppid: 0,
  argv,
  executable: "python",
  version: "3.11.7",
  implementation: "CPython",
  prefix: "/",
  basePrefix: "/",
  cwd: "/",
  path: [],
  ...more,
});
const args = (process: string, values: Record<string, string>): SpoolRecord => ({
  e: "args",
  t: 2,
  process,
  library: "argparse",
  prog: "train.py",
  values,
  defaults: {},
});

const train = { command: ["python", "train.py", "--lr", "0.1"], script: "src/train.py" };

test("the script's parsed arguments are params as soon as they are seen, once", () => {
  const reader = createArgumentsReader(train);
  reader.hear([start("1-1", ["python", "-u", "src/train.py", "--lr", "0.1"])]);
  expect(reader.take()).toEqual({});
  reader.hear([args("1-1", { lr: "0.1", epochs: "3", api_key: "abc" })]);
  expect(reader.take()).toEqual({ params: { lr: "0.1", epochs: "3", api_key: "***" } });
  expect(reader.take()).toEqual({});
  expect(reader.take(true)).toEqual({});
});

test("a launcher's and a tool's arguments are not the script's", () => {
  const reader = createArgumentsReader({
    command: ["torchrun", "--nproc-per-node", "2", "train.py"],
    script: "train.py",
  });
  reader.hear([
    start("1-1", ["python", "/bin/torchrun", "--nproc-per-node", "2", "train.py"]),
    args("1-1", { nproc_per_node: "2" }),
    start("2-1", ["python", "-u", "train.py"]),
    args("2-1", { lr: "0.1" }),
    start("3-1", ["python", "-m", "pip", "list"]),
    args("3-1", { format: "json" }),
  ]);
  expect(reader.take(true)).toEqual({ params: { lr: "0.1" } });
});

test("without the script's, those of the first process count at the end", () => {
  const reader = createArgumentsReader({ command: ["fit-model", "--lr", "1"], script: null });
  reader.hear([
    start("9-1", ["python"], { fork: true }),
    start("1-1", ["python", "/bin/fit-model"]),
    start("2-1", ["python", "tool.py"]),
    args("2-1", { other: "1" }),
    args("1-1", { lr: "1", alpha: "0.5" }),
  ]);
  expect(reader.take()).toEqual({});
  expect(reader.take(true)).toEqual({ params: { lr: "1", alpha: "0.5" } });
});

test("without any, the command line counts", () => {
  expect(createArgumentsReader(train).take(true)).toEqual({ params: { lr: "0.1" } });
  expect(createArgumentsReader({ command: ["make"], script: null }).take(true)).toEqual({});
});

test.each([
  ["pkg.train", "src/pkg/train.py", true],
  ["pkg", "src/pkg/__main__.py", true],
  ["other.train", "src/pkg/train.py", false],
])("module %s is %s: %s", (module, script, yes) => {
  const reader = createArgumentsReader({ command: ["python", "-m", module], script });
  reader.hear([start("1-1", ["python", "-X", "dev", "-m", module]), args("1-1", { lr: "0.1" })]);
  expect(reader.take()).toEqual(yes ? { params: { lr: "0.1" } } : {});
});

test("values of any length are cut to what is kept", () => {
  const reader = createArgumentsReader(train);
  reader.hear([start("1-1", ["python", "train.py"]), args("1-1", { text: "x".repeat(10_000) })]);
  expect(reader.take().params?.text).toHaveLength(6_000);
});

test.each([
  [["dvc", "repro", "train"]],
  [["/venv/bin/python3.11", "-m", "dvc", "exp", "run", "-S", "lr=1"]],
  [["python", "-m", "mlflow", "run", "."]],
])("what starts stages has no params of its own: %s", (command) => {
  const reader = createArgumentsReader({ command, script: null });
  const argsOf = (process: string, prog: string, values: Record<string, string>) => ({
    ...args(process, values),
    prog,
  });
  reader.hear([start("1-1", ["python", "/bin/dvc"]), argsOf("1-1", "dvc", { pdb: "False", cmd: "repro" })]);
  reader.hear([start("2-1", ["python", "prepare.py"]), argsOf("2-1", "prepare.py", { seed: "1", rows: "10" })]);
  reader.hear([start("3-1", ["python", "src/train.py"]), argsOf("3-1", "src/train.py", { seed: "2", lr: "0.1" })]);
  expect(reader.take()).toEqual({});
  expect(reader.take(true)).toEqual({
    params: { "prepare.seed": "1", rows: "10", "train.seed": "2", lr: "0.1" },
  });
});

test("other commands of theirs do not start stages", () => {
  const reader = createArgumentsReader({ command: ["dvc", "pull"], script: null });
  reader.hear([start("1-1", ["python", "/bin/dvc", "pull"]), args("1-1", { cmd: "pull" })]);
  expect(reader.take(true)).toEqual({ params: { cmd: "pull" } });
});
