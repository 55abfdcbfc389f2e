/** Params from a command line that nobody parsed for us: `--lr 0.1`, `--lr=0.1`, `-b 32`, and Hydra's `model.depth=3`. */
import { maskValue } from "../domain/secrets";

const SCRIPT = /\.(?:pyw?|ipynb|r|jl|sh|m|lua|js|mjs|ts)$/i;
const FLAG = /^--?[A-Za-z][\w.-]*$/;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
/** `+key=1` and `++key=1` add in Hydra. */
const ASSIGNMENT = /^(?:--?|\+{1,2})?([A-Za-z_][\w./@-]*)=(.*)$/s;

/**
 * What follows the script (or `-m module`, or the program when there is neither) as params. Names are those that argparse
 * would use, with "_" for "-". A flag without a value is "true", one that is given several times has its values joined.
 */
export function paramsFromCommand(command: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  const add = (name: string, value: string) => {
    const key = name.replaceAll("-", "_");
    const masked = maskValue(key, value);
    params[key] = Object.hasOwn(params, key) ? `${params[key]}, ${masked}` : masked;
  };
  const rest = argumentsOf(command);
  for (let at = 0; at < rest.length; at++) {
    const argument = rest[at]!;
    if (argument === "--") break;
    const assignment = ASSIGNMENT.exec(argument);
    if (assignment) add(assignment[1]!, assignment[2]!);
    else if (FLAG.test(argument)) {
      const values = valuesAfter(rest, at);
      add(argument.replace(/^--?/, ""), values.length > 0 ? values.join(" ") : "true");
      at += values.length;
    }
  }
  return params;
}

/** Programs that take code as an argument: what follows that is the code's. */
const TAKES_CODE = /(?:^|[\\/])(?:(?:python|pypy)[\w.]*|(?:ba|da|z|k)?sh)(?:\.exe)?$/i;

/** The arguments of the script, without those of what starts it. */
function argumentsOf(command: readonly string[]): readonly string[] {
  const script = command.findIndex((argument, at) => at > 0 && !argument.startsWith("-") && SCRIPT.test(argument));
  const module = command.indexOf("-m", 1);
  const code = TAKES_CODE.test(command[0] ?? "") ? command.indexOf("-c", 1) : -1;
  const known = [script, module < 0 ? -1 : module + 1, code < 0 ? -1 : code + 1].filter((at) => at >= 0);
  return command.slice(known.length > 0 ? Math.min(...known) + 1 : 1);
}

/** The value of the flag at `flag`: the next argument; all numbers that follow, when the first is one (`--layers 64 32`). */
function valuesAfter(rest: readonly string[], flag: number): string[] {
  const first = rest[flag + 1];
  if (first === undefined || first === "--" || FLAG.test(first) || ASSIGNMENT.test(first)) return [];
  const values = [first];
  if (!NUMBER.test(first)) return values;
  for (let at = flag + 2; at < rest.length && NUMBER.test(rest[at]!); at++) values.push(rest[at]!);
  return values;
}
