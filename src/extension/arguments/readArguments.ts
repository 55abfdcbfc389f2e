/** Reads a script's command line from its `add_argument` calls, without executing it. */
import type { ScriptArgument, ScriptArguments, ScriptCommand } from "../../protocol/scriptArguments";
import { describeArgument, sourceValue } from "./describe";
import { interpret } from "./interpret";
import { countArguments, type Parser } from "./parsers";
import { evaluate } from "./values";

/** Actions that end the program with a text; nothing to fill in. */
const NOT_ASKED = new Set(["help", "version"]);

export function readArguments(source: string): ScriptArguments {
  const notes: string[] = [];
  const { parsers, unowned } = interpret(source);
  const main = mainParser(parsers);
  const whole = main ?? unowned;
  if (main) whole.arguments.push(...unowned.arguments);
  return { command: describeCommand(whole, "", [], source, notes), notes };
}

/** The one that the script parses with; of several the last, and when none is seen to parse, the largest. */
function mainParser(parsers: Parser[]): Parser | undefined {
  const parsed = parsers.filter((parser) => parser.parsed);
  if (parsed.length > 0) {
    return parsed.reduce((best, parser) => (countArguments(parser) >= countArguments(best) ? parser : best));
  }
  const candidates = parsers.filter((parser) => !parser.usedAsParent);
  return candidates.toSorted((a, b) => countArguments(b) - countArguments(a))[0];
}

function describeCommand(parser: Parser, name: string, path: string[], source: string, notes: string[]): ScriptCommand {
  const asked = new Map<string, ScriptArgument>();
  for (const found of parser.arguments) {
    const described = describeArgument(found, path, source);
    if ("unreadable" in described) notes.push(described.unreadable);
    else if (!NOT_ASKED.has(described.action)) asked.set(described.argument.id, described.argument);
  }
  applyDefaults(parser, path, asked, source);
  const subcommands = parser.subcommands && {
    required: keyword(parser.subcommands, "required", source) === true,
    commands: parser.subcommands.parsers.map((sub) =>
      describeCommand(sub.parser, sub.name, [...path, sub.name], source, notes),
    ),
  };
  return {
    name,
    help: text(keyword(parser, path.length > 0 ? "help" : "description", source)),
    arguments: [...asked.values()],
    subcommands: subcommands?.commands.length ? subcommands : null,
  };
}

/** `parser.set_defaults(lr=0.1)` */
function applyDefaults(parser: Parser, path: string[], asked: Map<string, ScriptArgument>, source: string): void {
  for (const { call, lookup } of parser.defaults) {
    for (const [dest, tokens] of call.keywords) {
      const argument = asked.get([...path, dest].join("/"));
      if (argument) argument.default = sourceValue(evaluate(tokens, source, lookup));
    }
  }
}

function keyword({ call, lookup }: Pick<Parser, "call" | "lookup">, name: string, source: string) {
  const tokens = call.keywords.get(name);
  const value = tokens && evaluate(tokens, source, lookup);
  return value?.kind === "string" || value?.kind === "boolean" ? value.value : undefined;
}

const text = (value: unknown) => (typeof value === "string" ? value.trim().replace(/\s+/g, " ") : "");
