/** The reader against argparse itself: what it says of a script must be what the parser holds once the script has run. */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { readArguments } from "./readArguments";

const DUMP = `
import argparse, json, sys
class Done(Exception): pass
def dump(parser, args=None, namespace=None):
    rows = []
    for action in parser._actions:
        if action.dest == "help": continue
        rows.append({
            "dest": action.dest, "flags": list(action.option_strings), "required": bool(action.required),
            "choices": None if action.choices is None else [str(c) for c in action.choices],
            "default": None if action.default in (None, argparse.SUPPRESS) else str(action.default),
            "nargs": action.nargs, "type": getattr(action.type, "__name__", None),
        })
    print(json.dumps(rows))
    raise SystemExit
argparse.ArgumentParser.parse_args = dump
exec(compile(sys.stdin.read(), "script.py", "exec"), {"__name__": "__main__"})
`;

interface ParsedAction {
  dest: string;
  flags: string[];
  required: boolean;
  choices: string[] | null;
  default: string | null;
  nargs: string | number | null;
  type: string | null;
}

const actionsOf = (source: string): ParsedAction[] =>
  JSON.parse(execFileSync("python3", ["-c", DUMP], { input: source, encoding: "utf8" }));

const SCRIPTS: Record<string, string> = {
  mnist: `
import argparse
def main():
    parser = argparse.ArgumentParser(description='PyTorch MNIST Example')
    parser.add_argument('--batch-size', type=int, default=64, metavar='N',
                        help='input batch size for training (default: 64)')
    parser.add_argument('--test-batch-size', type=int, default=1000, metavar='N')
    parser.add_argument('--epochs', type=int, default=14, metavar='N')
    parser.add_argument('--lr', type=float, default=1.0, metavar='LR')
    parser.add_argument('--gamma', type=float, default=0.7, metavar='M')
    parser.add_argument('--no-accel', action='store_true', help='disables accelerator')
    parser.add_argument('--dry-run', action='store_true')
    parser.add_argument('--seed', type=int, default=1, metavar='S')
    args = parser.parse_args()
main()`,
  groups: `
import argparse
OPTIMIZERS = ("adam", "sgd")
SIZE = 2 ** 10
def common(target):
    target.add_argument("--seed", type=int, default=SIZE // 3)
    target.add_argument("--opt", choices=OPTIMIZERS, default=OPTIMIZERS and "adam")
parser = argparse.ArgumentParser()
parser.add_argument("data", nargs="+")
parser.add_argument("mode", choices=["fit", "score"])
parser.add_argument("extra", nargs="?", default="none")
group = parser.add_argument_group("training", "how it learns")
common(group)
which = group.add_mutually_exclusive_group(required=True)
which.add_argument("--fast", action="store_const", const=1)
which.add_argument("--slow", action="store_true")
parser.add_argument("-q", "--quiet", "--silent", action="store_false", dest="loud")
parser.add_argument("-n", type=int, required=True)
parser.parse_args()`,
};

describe.each(Object.entries(SCRIPTS))("%s", (_, source) => {
  const actual = actionsOf(source);
  const read = readArguments(source).command.arguments;

  test("the same arguments in the same order", () => {
    expect(read.map(({ dest, flags, required, choices }) => ({ dest, flags, required, choices }))).toEqual(
      actual.map(({ dest, flags, required, choices }) => ({ dest, flags, required, choices })),
    );
  });

  test.each(actual.map((action): [string, ParsedAction] => [action.dest, action]))("%s", (dest, action) => {
    const argument = read.find((candidate) => candidate.dest === dest)!;
    if (argument.default?.literal !== false) expect(argument.default?.text ?? null).toBe(action.default);
    expect({ text: [null, "str"], integer: ["int"], number: ["float"] }[argument.type]).toContain(action.type);
  });
});
