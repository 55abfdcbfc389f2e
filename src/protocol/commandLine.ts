/** From what is filled in on the form to the words that the script receives. */
import * as z from "zod";
import type { ScriptArgument, ScriptArguments, ScriptCommand } from "./scriptArguments";
import { splitWords } from "./words";

/**
 * What is filled in for one argument. A text is one value, or several words for a `list` or `repeated` one; true is a flag
 * given, and for a `boolean` true and false are its two flags. Absent or empty: the script's own default stands.
 */
export const FilledValue = z.union([z.string(), z.boolean()]);
export type FilledValue = z.infer<typeof FilledValue>;

export const FilledArguments = z.object({
  /** By argument id. */
  values: z.record(z.string(), FilledValue),
  /** The subcommands chosen, outermost first. */
  commands: z.array(z.string()),
  /** Further words, as typed. */
  extra: z.string(),
});
export type FilledArguments = z.infer<typeof FilledArguments>;

export const nothingFilled: FilledArguments = { values: {}, commands: [], extra: "" };

/** What must be put right before the script can run, by argument id or one of the two below. */
export type Faults = Record<string, string>;
/** The choice of a subcommand. No argument has such an id. */
export const COMMANDS = "/commands";
/** The free words. */
export const EXTRA = "/extra";

const INTEGER = /^[+-]?\d[\d_]*$/;
const NUMBER = /^[+-]?((\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[+-]?\d+)?|inf(inity)?|nan)$/i;
const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)$/;

const isGiven = (value: FilledValue | undefined): value is FilledValue => value !== undefined && value !== "";

/** The commands chosen, from the script itself down. One that the script no longer has ends the chain. */
export function chosenCommands(script: ScriptArguments, chosen: readonly string[]): ScriptCommand[] {
  const path = [script.command];
  for (const name of chosen) {
    const next = path.at(-1)!.subcommands?.commands.find((command) => command.name === name);
    if (!next) break;
    path.push(next);
  }
  return path;
}

export function checkArguments(script: ScriptArguments, filled: FilledArguments): Faults {
  const faults: Faults = {};
  const path = chosenCommands(script, filled.commands);
  if (path.at(-1)!.subcommands?.required) faults[COMMANDS] = "Choose a command.";
  for (const command of path) {
    const exclusive = new Map<number, string>();
    for (const argument of command.arguments) {
      const value = filled.values[argument.id];
      const fault = checkArgument(argument, value);
      if (fault) faults[argument.id] = fault;
      if (argument.exclusive === null || !isGiven(value)) continue;
      const other = exclusive.get(argument.exclusive);
      if (other) faults[argument.id] ??= `Cannot be used together with ${other}.`;
      exclusive.set(argument.exclusive, labelOf(argument));
    }
  }
  const extraFault = wordsFault(filled.extra);
  if (extraFault) faults[EXTRA] = extraFault;
  return faults;
}

export const labelOf = (argument: ScriptArgument) =>
  argument.flags.find((flag) => flag.startsWith("--")) ?? argument.flags[0] ?? argument.dest;

function checkArgument(argument: ScriptArgument, value: FilledValue | undefined): string | null {
  if (!isGiven(value)) return argument.required ? "A value is required." : null;
  if (typeof value === "boolean") return null;
  const fault = takesWords(argument) ? wordsFault(value) : null;
  if (fault) return fault;
  const words = wordsOf(argument, value);
  const { nargs } = argument;
  if (typeof nargs === "number" && argument.input === "list" && words.length % nargs !== 0) {
    return `Takes ${nargs} values, separated by spaces.`;
  }
  for (const word of words) {
    if (argument.choices && !argument.choices.includes(word)) return `Must be one of ${argument.choices.join(", ")}.`;
    if (argument.type === "integer" && !INTEGER.test(word)) return `“${word}” is not a whole number.`;
    if (argument.type === "number" && !NUMBER.test(word)) return `“${word}” is not a number.`;
    if (argument.input === "count" && !/^\d{1,2}$/.test(word)) return "How many times to give the flag: 0 to 99.";
  }
  return null;
}

function wordsFault(text: string): string | null {
  try {
    splitWords(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const takesWords = ({ input }: ScriptArgument) => input === "list" || input === "repeated";
const wordsOf = (argument: ScriptArgument, value: string) => (takesWords(argument) ? splitWords(value) : [value]);

/**
 * The words after the script's name. Positional values come before options, because an option that takes any number of
 * values would swallow them; above a subcommand, which has to come last, such options come first.
 * Throws when a quote is not closed: ask `checkArguments` before.
 */
export function buildArguments(script: ScriptArguments, filled: FilledArguments): string[] {
  const path = chosenCommands(script, filled.commands);
  const words = path.flatMap((command, index) => [
    ...(index > 0 ? [command.name] : []),
    ...commandWords(command, filled, path[index + 1] !== undefined),
  ]);
  return [...words, ...splitWords(filled.extra)];
}

function commandWords(command: ScriptCommand, { values }: FilledArguments, subcommandFollows: boolean): string[] {
  const given = command.arguments.filter(({ id }) => isGiven(values[id]));
  const positionals = given.filter(({ flags }) => flags.length === 0);
  const rest = positionals.filter(({ nargs }) => nargs === "...");
  const front = positionals
    .filter(({ nargs }) => nargs !== "...")
    .flatMap((argument) => wordsOf(argument, String(values[argument.id])));
  const last = rest.flatMap((argument) => wordsOf(argument, String(values[argument.id])));

  const options = given.filter(({ flags }) => flags.length > 0);
  const greedyFirst = options.toSorted((a, b) => Number(isGreedy(b)) - Number(isGreedy(a)));
  const optionWords = greedyFirst.map((argument) => optionWord(argument, values[argument.id]!));
  const swallows = subcommandFollows && greedyFirst.length > 0 && isGreedy(greedyFirst.at(-1)!);

  // A positional value with a dash in front is taken for an option unless `--` precedes it.
  const dashed = front.some((word) => word.startsWith("-") && !NEGATIVE_NUMBER.test(word));
  if (dashed) return [...optionWords.flat(), "--", ...front, ...last];
  return [...front, ...optionWords.flat(), ...(swallows ? ["--"] : []), ...last];
}

const isGreedy = ({ nargs, input }: ScriptArgument) =>
  input === "list" ? typeof nargs !== "number" : nargs === "?" && input !== "flag";

function optionWord(argument: ScriptArgument, value: FilledValue): string[] {
  const flag = labelOf(argument);
  switch (argument.input) {
    case "flag":
      return value === true ? [flag] : [];
    case "boolean":
      return [value === false && argument.negativeFlag ? argument.negativeFlag : flag];
    case "count":
      return Array.from({ length: Number(value) }, () => flag);
    case "repeated":
      return splitWords(String(value)).flatMap((word) => withValue(flag, word));
    case "list":
      return listWords(flag, argument.nargs, splitWords(String(value)));
    default:
      return withValue(flag, String(value));
  }
}

/** `append` with a fixed number of values takes them a group at a time. */
function listWords(flag: string, nargs: ScriptArgument["nargs"], words: string[]): string[] {
  if (typeof nargs !== "number" || nargs === 0) return [flag, ...words];
  const groups = Array.from({ length: Math.ceil(words.length / nargs) }, (_, index) => index * nargs);
  return groups.flatMap((start) => [flag, ...words.slice(start, start + nargs)]);
}

/** A value that looks like an option is tied to its flag. */
function withValue(flag: string, value: string): string[] {
  if (!value.startsWith("-") || NEGATIVE_NUMBER.test(value)) return [flag, value];
  return flag.startsWith("--") ? [`${flag}=${value}`] : [`${flag}${value}`];
}
