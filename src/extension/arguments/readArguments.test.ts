import { describe, expect, test } from "vitest";
import type { ScriptArgument } from "../../protocol/scriptArguments";
import { readArguments } from "./readArguments";

/** The arguments that these `add_argument` calls on `parser` give, by destination. */
function read(...calls: string[]): Record<string, ScriptArgument> {
  const source = ["import argparse", "parser = argparse.ArgumentParser()", ...calls, "parser.parse_args()"].join("\n");
  return byDest(readArguments(source).command.arguments);
}

const byDest = (found: ScriptArgument[]) => Object.fromEntries(found.map((argument) => [argument.dest, argument]));
const destinations = (source: string) => readArguments(source).command.arguments.map(({ id }) => id);

describe("one argument", () => {
  test.each([
    ["'data'", { dest: "data", flags: [], required: true, input: "text" }],
    ["'data', nargs='?'", { required: false, input: "text", nargs: "?" }],
    ["'files', nargs='+'", { required: true, input: "list", nargs: "+" }],
    ["'rest', nargs=argparse.REMAINDER", { required: false, input: "list", nargs: "..." }],
    ["'--lr', type=float, default=1e-3", { dest: "lr", input: "number", default: { text: "1e-3", literal: true } }],
    ["'-b', '--batch-size', type=int", { dest: "batch_size", flags: ["-b", "--batch-size"], input: "integer" }],
    ["'-v'", { dest: "v", flags: ["-v"] }],
    ["'-v', action='count', default=0", { input: "count", default: { text: "0", literal: true } }],
    ["'--x', dest='y'", { dest: "y", id: "y" }],
    ["'--fast', action='store_true'", { input: "flag", default: { text: "False", literal: true } }],
    ["'--no-cache', dest='cache', action='store_false'", { input: "flag", default: { text: "True", literal: true } }],
    ["'--cache', action=argparse.BooleanOptionalAction", { input: "boolean", negativeFlag: "--no-cache" }],
    ["'--opt', choices=['adam', 'sgd']", { input: "choice", choices: ["adam", "sgd"] }],
    ["'--n', type=int, choices=range(1, 4)", { choices: ["1", "2", "3"] }],
    ["'--opt', choices={'a': 1, 'b': 2}.keys()", { choices: ["a", "b"] }],
    ["'--opt', choices=sorted({'b', 'a'})", { choices: ["a", "b"] }],
    ["'--l', nargs=2, type=float, default=[0.9, 0.999]", { nargs: 2, default: { text: "0.9 0.999", literal: true } }],
    ["'--tag', action='append'", { input: "repeated" }],
    ["'--tag', action='extend', nargs='+'", { input: "list", nargs: "+" }],
    ["'--name', required=True", { required: true }],
    ["'--none', default=None", { default: null }],
    ["'--gone', default=argparse.SUPPRESS", { default: null }],
    ["'--seed', type=int, default=-1", { default: { text: "-1", literal: true } }],
    ["'--n', default=1024 * 8", { default: { text: "8192", literal: true } }],
    ["'--x', default=10 ** -3", { default: { text: "0.001", literal: true } }],
    ["'--w', default=os.cpu_count()", { default: { text: "os.cpu_count()", literal: false } }],
    ["'--w', default=lambda a, b: a", { default: { text: "lambda a, b: a", literal: false } }],
    ["'--w', default=f'{x}', help='after'", { default: { text: "f'{x}'", literal: false }, help: "after" }],
    ["'--w', default=1 if cuda else 2", { default: { text: "1 if cuda else 2", literal: false } }],
    ["'--out', type=Path, default=Path('a') ", { path: true, default: { text: "a", literal: true } }],
    ["'--data-dir'", { path: true }],
    ["'--s', default='a' 'b' + 'c'", { default: { text: "abc", literal: true } }],
    [String.raw`'--s', default='tab\there'`, { default: { text: "tab\there", literal: true } }],
    [String.raw`'--s', default=r'C:\new'`, { default: { text: "C:\\new", literal: true } }],
    ["'--lr', type=float, default=.1, help='rate (%(default)s, %(type)s) 50%%'", { help: "rate (.1, float) 50%" }],
    ["'--h', help='''long\n   help'''", { help: "long help" }],
    ["'--k', choices=[e.value for e in Kind]", { choices: null, input: "text" }],
  ])("%s", (call, expected) => {
    const [found] = Object.values(read(`parser.add_argument(${call})`));
    expect(found).toMatchObject(expected);
  });
});

test("an expression for the choices is told", () => {
  const { k } = read("parser.add_argument('--k', choices=[e.value for e in Kind])");
  expect(k!.notes).toEqual(["The choices are an expression: [e.value for e in Kind]"]);
});

test("constants are followed, and names that change are not", () => {
  const source = `
import argparse
LR: float = 0.1
SIZES = [1, 2]
N = 3
N += 1
def main():
    local = "here"
    p = argparse.ArgumentParser()
    p.add_argument("--lr", default=LR)
    p.add_argument("--n", default=N)
    p.add_argument("--size", type=int, choices=SIZES + [4])
    p.add_argument("--local", default=local)
    p.add_argument("--elsewhere", default=config.lr)
    p.parse_args()
main()
`;
  const found = byDest(readArguments(source).command.arguments);
  expect(found.lr!.default).toEqual({ text: "0.1", literal: true });
  expect(found.n!.default).toEqual({ text: "N", literal: false });
  expect(found.size!.choices).toEqual(["1", "2", "4"]);
  expect(found.local!.default).toEqual({ text: "here", literal: true });
  expect(found.elsewhere!.default).toEqual({ text: "config.lr", literal: false });
});

test("constants that refer to each other end", () => {
  expect(read("A = B", "B = A", "parser.add_argument('--a', default=A)").a!.default).toEqual({
    text: "A",
    literal: false,
  });
});

test("groups carry their title, and exclusive ones their number", () => {
  const { a, b, c } = read(
    "g = parser.add_argument_group('Training')",
    "g.add_argument('--a')",
    "e = g.add_mutually_exclusive_group()",
    "e.add_argument('--b')",
    "parser.add_mutually_exclusive_group().add_argument('--c')",
  );
  expect([a!.group, b!.group, c!.group]).toEqual(["Training", "Training", null]);
  expect(a!.exclusive).toBeNull();
  expect(b!.exclusive).not.toBe(c!.exclusive);
});

test("set_defaults wins over the argument's own default", () => {
  expect(read("parser.add_argument('--a', default=1)", "parser.set_defaults(a=2)").a!.default!.text).toBe("2");
});

test("the version and help actions are not asked", () => {
  expect(read("parser.add_argument('--version', action='version', version='1')")).toEqual({});
});

test("a computed name is a note with its line", () => {
  const { command, notes } = readArguments("p = ArgumentParser()\nfor n in ('a', 'b'):\n  p.add_argument('--' + n)\n");
  expect(command.arguments).toEqual([]);
  expect(notes).toEqual(["Line 3: the name of an argument is computed, so it cannot be shown here."]);
});

test("subcommands have their own arguments", () => {
  const { command } = readArguments(`
from argparse import ArgumentParser
parser = ArgumentParser(description="Does things.")
parser.add_argument("--verbose", action="store_true")
common = ArgumentParser(add_help=False)
common.add_argument("--seed", type=int)
commands = parser.add_subparsers(dest="command", required=True)
train = commands.add_parser("train", help="trains", parents=[common])
train.add_argument("--lr")
commands.add_parser("eval").add_argument("checkpoint")
for sub in (train,):
    sub.add_argument("--both")
args = parser.parse_args()
`);
  expect(command.help).toBe("Does things.");
  expect(command.arguments.map(({ id }) => id)).toEqual(["verbose"]);
  expect(command.subcommands!.required).toBe(true);
  const [train, evaluation] = command.subcommands!.commands;
  expect([train!.name, train!.help]).toEqual(["train", "trains"]);
  expect(train!.arguments.map(({ id }) => id)).toEqual(["train/seed", "train/lr", "train/both"]);
  expect(evaluation!.arguments.map(({ id }) => id)).toEqual(["eval/checkpoint"]);
});

describe("parsers are followed", () => {
  test("through functions that receive and return them", () => {
    const source = `
import argparse
def add_optimizer(to, prefix=""):
    group = to.add_argument_group("optimizer")
    group.add_argument("--lr")
def make():
    parser = argparse.ArgumentParser()
    add_optimizer(parser)
    return parser
def parse_args():
    parser = make()
    parser.add_argument("--seed")
    return parser.parse_args()
if __name__ == "__main__":
    args = parse_args()
`;
    expect(destinations(source)).toEqual(["lr", "seed"]);
  });

  test("through attributes and static methods", () => {
    const source = `
class Model:
    @staticmethod
    def add_model_args(parent):
        parser = argparse.ArgumentParser(parents=[parent], add_help=False)
        parser.add_argument("--layers")
        return parser
class App:
    def __init__(self):
        self.parser = argparse.ArgumentParser()
        self.parser.add_argument("--seed")
        self.parser = Model.add_model_args(self.parser)
    def run(self):
        return self.parser.parse_args()
`;
    expect(destinations(source)).toEqual(["seed", "layers"]);
  });

  test("when they come from another file", () => {
    expect(destinations("def add_args(parser):\n\tparser.add_argument('--lr')\n")).toEqual(["lr"]);
  });

  test("through chains, and calls that never end", () => {
    expect(destinations("def f(p):\n  f(p)\n  p.add_argument('--a')\nf(argparse.ArgumentParser())")).toEqual(["a"]);
  });

  test("the parser that parses is the one, not a first look", () => {
    const source = `
first = argparse.ArgumentParser(add_help=False)
first.add_argument("--config")
known, rest = first.parse_known_args()
parser = argparse.ArgumentParser(parents=[first])
parser.add_argument("--lr")
parser.parse_args(rest)
`;
    expect(destinations(source)).toEqual(["config", "lr"]);
  });
});

test.each([
  ["nothing", ""],
  ["an unfinished call", "parser.add_argument('--a', default="],
  ["an unfinished string", "parser.add_argument('--a"],
  ["an unclosed bracket before", "x = [1, 2\nparser.add_argument('--a')"],
  ["other languages", "#include <a>\nint main() { return '\\''; }"],
  ["a lone quote and backslash", "'\\"],
  ["windows line ends", "parser.add_argument(\r\n  '--a'\r\n)\r\n"],
  ["a byte order mark", "\uFEFFparser.add_argument('--a')"],
])("%s does not throw", (_, source) => {
  expect(() => readArguments(source)).not.toThrow();
});

test("a comment or a string that looks like a call is none", () => {
  expect(destinations(`# parser.add_argument("--a")\n"""\nparser.add_argument("--b")\n"""\n`)).toEqual([]);
});

test("a large file is read quickly enough to type in", () => {
  const body = Array.from({ length: 5000 }, (_, line) => `x${line} = call(${line}, [1, 2, {"a": "b"}])  # text`);
  const found = readArguments([...body, "parser.add_argument('--a')"].join("\n"));
  expect(found.command.arguments).toHaveLength(1);
});
