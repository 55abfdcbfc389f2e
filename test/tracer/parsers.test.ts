/** click, typer, absl, fire and hydra, and numpy's and pandas' own ways of opening files: the real packages. */
import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, type TestContext, test } from "vitest";
import { installPackages } from "./packages";
import { findPythons, type Python, runBare, runTraced, Scratch } from "./python";

const scratch = new Scratch();
let python: Python;
let missing: string | undefined;

beforeAll(() => {
  const newest = findPythons().at(-1)!;
  const installed = installPackages(newest);
  if (typeof installed === "string") {
    missing = installed;
    console.warn(`NOT TESTED: the tracer with real packages, because ${installed}`);
  } else {
    python = installed;
  }
}, 400_000);
afterAll(() => scratch.remove());
beforeEach((context: TestContext) => {
  context.skip(missing !== undefined, missing);
  scratch.clear();
});

/** Run traced, require the same output as bare, and return what was told of arguments. */
async function parse(source: string, argv: string[], files: Record<string, string> = {}) {
  const options = { cwd: scratch.write({ ...files, "app.py": source }) };
  const bare = await runBare(python, ["app.py", ...argv], options);
  scratch.clearSpool();
  const traced = await runTraced(python, ["app.py", ...argv], scratch.spool, options);
  expect(traced).toEqual(bare);
  return { ...bare, args: scratch.events("args") };
}

describe.each(["click", "typer"])("%s", (library) => {
  const source = {
    click: `
import click
@click.group()
@click.option("--seed", default=1)
@click.pass_context
def main(context, seed):
    pass
@main.command()
@click.argument("data")
@click.option("--lr", type=float, default=0.1, help="rate")
@click.option("--api-key", default="secret")
@click.option("--pin", hide_input=True, default="1111")
@click.option("--kind", type=click.Choice(["a", "b"]))
@click.option("--tag", multiple=True)
@click.option("--verbose/--quiet", default=False)
@click.option("--when", default=lambda: "now")
def train(data, **options):
    print(data, options)
    if data == "fail":
        raise ValueError(data)
main()
`,
    typer: `
import typer
from typing import List, Optional
app = typer.Typer(pretty_exceptions_enable=False)
@app.callback()
def main(seed: int = 1):
    pass
@app.command()
def train(data: str, lr: float = 0.1, api_key: str = "secret", kind: Optional[str] = None,
          tag: List[str] = [], verbose: bool = False, pin: str = typer.Option("1111", hide_input=True),
          when: str = typer.Option(default_factory=lambda: "now")):
    print(data, lr)
    if data == "fail":
        raise ValueError(data)
app()
`,
  }[library]!;

  test("a command's parameters with those of its group", async () => {
    const argv = ["--seed", "5", "train", "d.csv", "--lr", "0.5", "--tag", "x", "--tag", "y", "--verbose"];
    const { args } = await parse(source, argv);
    expect(args.at(-1)).toMatchObject({
      library,
      values: { seed: "5", data: "d.csv", lr: "0.5", kind: "None", verbose: "True", when: "now" },
      defaults: { seed: "1", lr: "0.1", verbose: "False" },
    });
    expect(args.at(-1)?.values.tag).toMatch(/^[[(]'x', 'y'[\])]$/);
    expect(args.at(-1)?.values).toMatchObject({ api_key: "***", pin: "***" });
    expect(JSON.stringify(scratch.processes())).not.toMatch(/secret"|1111/);
    expect(args.at(-1)?.prog).toMatch(/^app.py train$/);
  });

  test("errors look as they do without us", async () => {
    expect((await parse(source, ["train", "fail"])).stderr).toContain("ValueError: fail");
    expect((await parse(source, ["train", "d", "--lr", "x"])).code).toBe(2);
    expect((await parse(source, ["train", "--help"])).args.filter(({ values }) => "data" in values)).toEqual([]);
  });
});

test("absl: the project's flags, and others only where they were given", async () => {
  const source = `
from absl import app, flags
import more
flags.DEFINE_float("lr", 0.1, "rate")
flags.DEFINE_integer("epochs", 10, "")
flags.DEFINE_string("api_key", "secret", "")
flags.DEFINE_multi_string("tag", [], "")
flags.DEFINE_enum("kind", "a", ["a", "b"], "")
def main(argv):
    print(argv, flags.FLAGS.lr)
app.run(main)
`;
  const more = { "more.py": "from absl import flags\nflags.DEFINE_bool('fast', False, '')" };
  const { args } = await parse(source, ["--lr=0.5", "--tag=x", "--nofast", "--verbosity=1", "rest"], more);
  expect(args.at(-1)).toMatchObject({ library: "absl", prog: "app.py" });
  expect(args.at(-1)?.values).toEqual({
    lr: "0.5",
    epochs: "10",
    api_key: "***",
    tag: "['x']",
    kind: "a",
    fast: "False",
    verbosity: "1",
  });
  expect(args.at(-1)?.defaults).toMatchObject({ lr: "0.1", epochs: "10", api_key: "***", fast: "False" });
  expect((await parse(source, ["--lr=x"], more)).args).toEqual([]);
});

test("fire: the arguments of what it calls", async () => {
  const functionSource = `
import fire
def train(data, *more, lr=0.1, layers=(1, 2), api_key=None, **rest):
    print(data, more, lr, layers, rest)
    if data == "fail":
        raise ValueError(data)
fire.Fire(train)
`;
  const { args } = await parse(functionSource, ["d.csv", "e.csv", "--lr", "0.5", "--api_key", "hello", "--odd", "1"]);
  expect(args.at(-1)).toMatchObject({
    library: "fire",
    values: { data: "d.csv", more: "['e.csv']", lr: "0.5", api_key: "***", odd: "1" },
    defaults: { lr: "0.1", layers: "(1, 2)" },
  });
  expect((await parse(functionSource, ["fail"])).stderr).toContain("ValueError: fail");

  const classSource = `
import fire
class Trainer:
    def __init__(self, seed=1):
        self.seed = seed
    def train(self, lr=0.1):
        print(self.seed, lr)
fire.Fire(Trainer)
`;
  expect((await parse(classSource, ["--seed", "4", "train", "--lr", "0.2"])).args.at(-1)).toMatchObject({
    values: { seed: "4", lr: "0.2" },
    defaults: { seed: "1", lr: "0.1" },
  });
});

test("hydra: the composed configuration, flattened", async () => {
  const source = `
import hydra
from omegaconf import OmegaConf
OmegaConf.register_new_resolver("loud", lambda x: print("resolved") or x)
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    print(cfg.model.lr, cfg.alias)
    if cfg.model.lr < 0:
        raise ValueError("lr")
main()
`;
  const files = {
    "conf/config.yaml": `
defaults:
  - model: big
  - _self_
seed: 1
alias: \${model.lr}
noisy: \${loud:1}
db:
  password: hunter2
hydra:
  run:
    dir: out
  output_subdir: null
  job_logging:
    root: {handlers: []}
`,
    "conf/model/big.yaml": "lr: 0.1\nlayers: [64, 32]\nname: null\nempty: {}\n",
  };
  const { args, stdout } = await parse(source, ["model.lr=0.5", "+extra=yes"], files);
  expect(stdout).toBe("0.5 0.5\n");
  // Hydra reads its own command line by argparse; the last event is the one that counts.
  expect(args.map(({ library }) => library)).toEqual(["argparse", "hydra"]);
  expect(args.at(-1)?.values).toEqual({
    "model.lr": "0.5",
    "model.layers": "[64, 32]",
    "model.name": "None",
    "model.empty": "{}",
    seed: "1",
    alias: `\${model.lr}`,
    noisy: `\${loud:1}`,
    "db.password": "***",
    extra: "yes",
  });
  expect((await parse(source, ["model.lr=-1"], files)).stderr).toContain("ValueError: lr");
  expect((await parse(source, ["nothing.here=1"], files)).args).toMatchObject([{ library: "argparse" }]);
});

test("numpy and pandas", async () => {
  const source = `
import numpy, pandas
frame = pandas.read_csv("table.csv")
frame.to_csv("out.csv"); frame.to_pickle("out.pkl"); pandas.read_csv("out.csv", engine="python")
numpy.save("a.npy", frame.a.to_numpy()); numpy.load("a.npy"); numpy.load("a.npy", mmap_mode="r")
numpy.savetxt("a.txt", [1.0]); numpy.loadtxt("a.txt"); numpy.array([1.0]).tofile("raw"); numpy.fromfile("raw")
numpy.savez("z.npz", x=[1]); numpy.load("z.npz")["x"]
`;
  await parse(source, [], { "table.csv": "a,b\n1,2\n" });
  const told = scratch.events("open").filter(({ path }) => dirname(path) === scratch.project);
  expect(new Set(told.map(({ mode, path }) => `${mode} ${path.slice(scratch.project.length + 1)}`))).toEqual(
    new Set(
      ["table.csv", "out.csv", "a.npy", "a.txt", "raw", "z.npz"]
        .map((name) => `r ${name}`)
        .concat(["out.csv", "out.pkl", "a.npy", "a.txt", "raw", "z.npz"].map((name) => `w ${name}`)),
    ),
  );
  expect(scratch.events("open").filter(({ path }) => path.includes("site-packages"))).toEqual([]);
  expect(scratch.events("import").map(({ name }) => name)).toEqual(expect.arrayContaining(["numpy", "pandas"]));
});
