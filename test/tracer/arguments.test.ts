/** What the tracer says that argparse made of a command line. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { findPythons, type Python, runTraced, Scratch } from "./python";

const scratch = new Scratch();
afterAll(() => scratch.remove());
beforeEach(() => scratch.clear());

/** Run a script that makes `parser`; returns the last parse that was told. */
async function parse(python: Python, source: string, argv: string[], code = 0) {
  scratch.clearSpool();
  const cwd = scratch.write({ "train.py": `import argparse\nparser = argparse.ArgumentParser()\n${source}` });
  const result = await runTraced(python, ["train.py", ...argv], scratch.spool, { cwd });
  expect(result).toMatchObject({ code, ...(code === 0 ? { stderr: "" } : {}) });
  return scratch.events("args").at(-1);
}

describe.each(findPythons())("Python $version", (python) => {
  test("types, nargs, actions and defaults", async () => {
    const told = await parse(
      python,
      `
import pathlib, enum, decimal, datetime
class Colour(enum.Enum):
    RED = "red"
class Loud:
    def __init__(self, text): self.text = text
    def __str__(self): print("called"); return self.text
    __repr__ = __str__
parser.add_argument("data", type=pathlib.Path)
parser.add_argument("rest", nargs="*", default=["nothing"])
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--small", type=float, default="1e-8")
parser.add_argument("--epochs", "-e", type=int, default=10)
parser.add_argument("--name")
parser.add_argument("--flag", action="store_true")
parser.add_argument("--no-cache", dest="cache", action="store_false")
parser.add_argument("--layers", type=int, nargs="+", default=[64, 32])
parser.add_argument("--pair", type=float, nargs=2)
parser.add_argument("--maybe", nargs="?", const="yes", default="no")
parser.add_argument("--tag", action="append")
parser.add_argument("-v", action="count", default=0)
parser.add_argument("--mode", choices=["a", "b"], default="a")
parser.add_argument("--colour", type=Colour, default=Colour.RED)
parser.add_argument("--loud", type=Loud)
parser.add_argument("--money", type=decimal.Decimal)
parser.add_argument("--day", type=datetime.date.fromisoformat)
parser.add_argument("--kv", type=lambda text: dict([text.split(":")]))
parser.add_argument("--hidden", default=argparse.SUPPRESS)
parser.add_argument("--log", type=argparse.FileType("w"), default="-")
parser.set_defaults(version=3, func=len)
args = parser.parse_args()
args.lr = 99
`,
      `data/train.csv -e 3 --flag --layers 1 2 3 --pair 1 2.5 --tag x --tag y -vv --loud hush --money 1.10
       --day 2024-02-29 --kv a:b --small 1e-9`.split(/\s+/),
    );
    expect(told).toMatchObject({ library: "argparse", prog: "train.py" });
    expect(told?.values).toEqual({
      data: "data/train.csv",
      rest: "['nothing']",
      lr: "0.1",
      small: "1e-09",
      epochs: "3",
      name: "None",
      flag: "True",
      cache: "True",
      layers: "[1, 2, 3]",
      pair: "[1.0, 2.5]",
      maybe: "no",
      tag: "['x', 'y']",
      v: "2",
      mode: "a",
      colour: "Colour.RED",
      loud: "<__main__.Loud>",
      money: "1.10",
      day: "2024-02-29",
      kv: "{'a': 'b'}",
      log: "<stdout>",
      version: "3",
      func: "len",
    });
    expect(told?.defaults).toMatchObject({
      lr: "0.1",
      small: "1e-8",
      epochs: "10",
      name: "None",
      flag: "False",
      cache: "True",
      layers: "[64, 32]",
      pair: "None",
      maybe: "no",
      v: "0",
      colour: "Colour.RED",
      version: "3",
    });
    expect(told?.defaults).not.toHaveProperty("hidden");
    expect(told?.defaults).not.toHaveProperty("help");
  });

  test("subparsers: the whole command line, in one event, with the defaults of the part that was chosen", async () => {
    const source = `
parser.add_argument("--seed", type=int, default=1)
commands = parser.add_subparsers(dest="command")
train = commands.add_parser("train")
train.add_argument("--lr", type=float, default=0.5)
inner = train.add_subparsers(dest="model")
inner.add_parser("tree").add_argument("--depth", type=int, default=4)
commands.add_parser("test").add_argument("--split", default="dev")
parser.parse_args()
`;
    const told = await parse(python, source, ["--seed", "7", "train", "--lr", "0.25", "tree"]);
    expect(scratch.events("args")).toHaveLength(1);
    expect(told).toMatchObject({
      prog: "train.py",
      values: { seed: "7", command: "train", lr: "0.25", model: "tree", depth: "4" },
      defaults: { seed: "1", lr: "0.5", depth: "4" },
    });
    expect(told?.values).not.toHaveProperty("split");
  });

  test("parents, groups, unknown and intermixed arguments, an own namespace, an own parser class", async () => {
    const parents = `
base = argparse.ArgumentParser(add_help=False)
base.add_argument("--lr", type=float, default=0.1)
parser = argparse.ArgumentParser(parents=[base], prog="prog")
group = parser.add_argument_group("more").add_mutually_exclusive_group()
group.add_argument("--a", default="x")
group.add_argument("--b")
print(parser.parse_known_args())
`;
    expect(await parse(python, parents, ["--b", "2", "--other", "3"])).toMatchObject({
      prog: "prog",
      values: { lr: "0.1", a: "x", b: "2" },
      defaults: { lr: "0.1", a: "x", b: "None" },
    });
    const intermixed = `
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("files", nargs="*", default=["none"])
parser.parse_intermixed_args()
`;
    expect(await parse(python, intermixed, ["a", "--lr", "2", "b"])).toMatchObject({
      values: { lr: "2.0", files: "['a', 'b']" },
      defaults: { lr: "0.1" },
    });
    const own = `
class Config:
    extra = 1
class Parser(argparse.ArgumentParser):
    def parse_known_args(self, args=None, namespace=None):
        return super().parse_known_args(args, namespace)
parser = Parser()
parser.add_argument("--lr", type=float, default=0.1)
parser.parse_args(namespace=Config())
`;
    expect((await parse(python, own, ["--lr", "3"]))?.values).toEqual({ lr: "3.0" });
  });

  test("the last parse of the command line counts, whatever lists are parsed later", async () => {
    const source = `
parser.add_argument("--config", default="")
parser.add_argument("--lr", type=float, default=0.1)
first, _ = parser.parse_known_args()
parser.set_defaults(lr=0.7)
parser.parse_args()
library = argparse.ArgumentParser(prog="library")
library.add_argument("--lr")
library.parse_args(["--lr", "9"])
library.parse_args([])
`;
    const told = await parse(python, source, ["--config", "c.yaml"]);
    expect(told).toMatchObject({ prog: "train.py", values: { config: "c.yaml", lr: "0.7" }, defaults: { lr: "0.7" } });
    expect(scratch.events("args")).toHaveLength(2);
    const listOnly = "parser.add_argument('--lr')\nparser.parse_args(['--lr', '4'])";
    expect((await parse(python, listOnly, []))?.values).toEqual({ lr: "4" });
  });

  test("no event from a parse that fails, or that shows help", async () => {
    const source = "parser.add_argument('--lr', type=float)\nparser.parse_args()";
    expect(await parse(python, source, ["--lr", "x"], 2)).toBeUndefined();
    expect(await parse(python, source, ["--nothing"], 2)).toBeDefined(); // known arguments parsed well, then it fails
    expect(await parse(python, source, ["--help"])).toBeUndefined();
  });

  test("argparse that was loaded before the tracer", async () => {
    const cwd = scratch.write({
      "lib/sitecustomize.py": "import argparse",
      "train.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr')\np.parse_args()",
    });
    await runTraced(python, ["train.py", "--lr", "1"], scratch.spool, { cwd, env: { PYTHONPATH: "lib" } });
    expect(scratch.events("args")).toMatchObject([{ values: { lr: "1" } }]);
  });

  test("long, deep and many values are cut", async () => {
    const source = `
deep = []
for _ in range(100):
    deep = [deep]
endless = []
endless.append(endless)
lists = dict(many=list(range(100000)), deep=deep, endless=endless, members=set(range(5000)))
parser.set_defaults(text="x" * 5000, big=10**5000, nan=float("nan"), **lists)
parser.parse_args()
`;
    const values = (await parse(python, source, []))?.values ?? {};
    expect(values).toMatchObject({ deep: "[[[[…]]]]", endless: "[[[[…]]]]", big: "<int>", nan: "nan" });
    for (const name of ["text", "many", "members"]) {
      expect(values[name]).toHaveLength(1000);
      expect(values[name]).toMatch(/…$/);
    }
    const many = "for n in range(3000):\n    parser.add_argument('--a%d' % n)\nparser.parse_args()";
    expect(Object.keys((await parse(python, many, []))?.values ?? {})).toHaveLength(1000);
  });

  test("secrets are masked, in values, defaults and the command line", async () => {
    const source = `
for name in "api-key hf_token openai_api_key password db_password client_secret aws_secret_access_key authToken".split():
    parser.add_argument("--" + name, default="the default secret")
for name in "max_tokens tokenizer pad_token author keyboard monkey n_tokens key".split():
    parser.add_argument("--" + name, default="open")
parser.add_argument("--pin", dest="password_pin", type=int)
parser.add_argument("--token", default=None)
parser.add_argument("--url")
parser.add_argument("--odd")
parser.parse_args()
`;
    const key = "hf_abcDEF1234567890abcdef";
    const url = "postgres://me:hunter2@host:5432/db";
    const argv = [
      "--api-key",
      "s3cret",
      "--password=s3cret",
      "--pin",
      "1234",
      "--url",
      url,
      "--odd",
      key,
      "--key",
      "k",
    ];
    const told = await parse(python, source, [...argv, "--max_tokens", "512"]);
    const masked = ["api_key", "hf_token", "openai_api_key", "password", "db_password", "client_secret"];
    for (const name of [...masked, "aws_secret_access_key", "authToken"]) {
      expect([name, told?.values[name], told?.defaults[name]]).toEqual([name, "***", "***"]);
    }
    for (const name of ["tokenizer", "pad_token", "author", "keyboard", "monkey", "n_tokens"]) {
      expect([name, told?.values[name]]).toEqual([name, "open"]);
    }
    expect(told?.values).toMatchObject({
      password_pin: "***",
      token: "None",
      max_tokens: "512",
      url: "postgres://***@host:5432/db",
      odd: "***",
      key: "k",
    });
    expect(scratch.events("start")[0]?.argv.slice(2)).toEqual([
      ...["--api-key", "***", "--password=***", "--pin", "1234", "--url", "postgres://***@host:5432/db"],
      ...["--odd", "***", "--key", "k", "--max_tokens", "512"],
    ]);
    expect(JSON.stringify(scratch.processes())).not.toMatch(/s3cret|hunter2|the default/);
  });
});
