/**
 * Follows a script's parsers through assignments, function calls and returns, without running it: each line of a block is
 * seen once, branches and loops included, and functions are entered where they are called.
 */
import { type Group, newParser, type Parser, type Subcommands, type Tracked } from "./parsers";
import { assignment, dottedText, lookupIn, type Outline, ownLines, type PythonFunction, readOutline } from "./scopes";
import { type LogicalLine, readLines, type Token } from "./tokens";
import { type CallArguments, callArguments, closingBracket, evaluate, isName, isOperator, type Lookup } from "./values";

/** What was found: all top-level parsers, and the arguments whose parser comes from elsewhere (another file). */
export interface Interpretation {
  parsers: Parser[];
  unowned: Parser;
}

/** A block being followed. */
interface Scope {
  variables: Map<string, Tracked[]>;
  lookup: Lookup;
  returned: Tracked[];
}

/** A line being followed; `results` holds what each call in it gave, by the call's closing bracket. */
interface Statement {
  tokens: Token[];
  line: number;
  scope: Scope;
  results: Map<number, Tracked[]>;
}

/** One call in a line, as token indexes. */
interface Call {
  callee: number;
  open: number;
  close: number;
}

const PARSING = new Set(["parse_args", "parse_known_args", "parse_intermixed_args", "parse_known_intermixed_args"]);
const noCall: CallArguments = { positional: [], keywords: new Map() };
const unknown: Lookup = () => undefined;
/** Keeps a script of functions that call each other in many ways from taking long. */
const MOST_CALLS_FOLLOWED = 500;

export function interpret(source: string): Interpretation {
  return new Interpreter(source).run();
}

class Interpreter {
  private readonly lines: LogicalLine[];
  private readonly outline: Outline;
  private readonly moduleLookup: Lookup;
  private readonly parsers: Parser[] = [];
  private readonly unowned = newParser(noCall, unknown);
  private readonly entered = new Set<PythonFunction>();
  private readonly underWay = new Set<PythonFunction>();
  /** What `self.x` and `cls.x` stand for, in whichever method. */
  private readonly attributes = new Map<string, Tracked[]>();
  private followed = 0;
  private exclusiveGroups = 0;

  constructor(private readonly source: string) {
    this.lines = readLines(source);
    this.outline = readOutline(this.lines);
    this.moduleLookup = lookupIn(
      ownLines(this.lines).filter(({ indent }) => indent === 0),
      [],
      source,
      unknown,
    );
  }

  run(): Interpretation {
    this.runLines(ownLines(this.lines), { variables: new Map(), lookup: this.moduleLookup, returned: [] });
    // What nothing in this file calls may be called from another one.
    for (const called of this.outline.functions.values()) if (!this.entered.has(called)) this.enter(called, new Map());
    return { parsers: this.parsers, unowned: this.unowned };
  }

  private enter(called: PythonFunction, given: Map<string, Tracked[]>): Tracked[] {
    if (this.underWay.has(called) || ++this.followed > MOST_CALLS_FOLLOWED) return [];
    this.entered.add(called);
    this.underWay.add(called);
    const lines = ownLines(called.body);
    const lookup = lookupIn(lines, called.parameters, this.source, this.moduleLookup);
    const scope: Scope = { variables: new Map(given), lookup, returned: [] };
    this.runLines(lines, scope);
    this.underWay.delete(called);
    return scope.returned;
  }

  private runLines(lines: LogicalLine[], scope: Scope): void {
    for (const line of lines) this.runLine(line, scope);
  }

  private runLine({ tokens, line }: LogicalLine, scope: Scope): void {
    const statement: Statement = { tokens, line, scope, results: new Map() };
    // A call ends after those in its receiver and arguments, so in the order of their ends each finds what it needs.
    for (const call of callsIn(tokens)) statement.results.set(call.close, this.call(call, statement));

    const assigned = assignment(tokens);
    if (assigned) this.bind(assigned.target, this.tracked(assigned.value, statement), scope);
    else if (isName(tokens[0], "return")) scope.returned.push(...this.tracked(tokens.slice(1), statement));
    else if (isName(tokens[0], "for")) this.bindLoop(tokens, scope);
  }

  /** `for sub in (train, test):` — what is said of `sub` is said of each. */
  private bindLoop(tokens: Token[], scope: Scope): void {
    const keyword = tokens.findIndex((token) => isName(token, "in"));
    if (keyword !== 2 || !isName(tokens[1])) return;
    const items = tokens.slice(keyword + 1).filter((token) => token.kind === "name");
    this.bind(
      tokens[1]!.text,
      items.flatMap(({ text }) => this.variable(text, scope) ?? []),
      scope,
    );
  }

  private bind(target: string, value: Tracked[], scope: Scope): void {
    const variables = /^(self|cls)\./.test(target) ? this.attributes : scope.variables;
    if (value.length > 0) variables.set(target, value);
    else variables.delete(target);
  }

  private variable(name: string, scope: Scope): Tracked[] | undefined {
    return scope.variables.get(name) ?? this.attributes.get(name);
  }

  /** The parser or group that an expression gives: a name, or a call that was seen before. */
  private tracked(part: Token[] | undefined, { tokens, scope, results }: Statement): Tracked[] {
    const last = part?.at(-1);
    if (!part || !last) return [];
    if (isOperator(last, ")")) return results.get(tokens.indexOf(last)) ?? [];
    return this.variable(dottedText(part), scope) ?? [];
  }

  private call(at: Call, statement: Statement): Tracked[] {
    const { tokens, scope, line } = statement;
    const name = tokens[at.callee]!.text;
    const call = callArguments(tokens, at.open);
    if (name.endsWith("ArgumentParser")) {
      const parser = this.addParser(call, statement);
      this.parsers.push(parser);
      return [parser];
    }
    const isMethod = isOperator(tokens[at.callee - 1], ".");
    const receiver = isMethod ? receiverOf(tokens, at.callee - 1) : [];
    const targets = this.tracked(receiver, statement);
    if (targets.length > 0) return targets.flatMap((target) => this.callOn(target, name, call, statement));
    const called = this.calledFunction(name, receiver);
    if (called) return this.enterCalled(called, call, statement);
    if (isMethod && name === "add_argument") {
      this.unowned.arguments.push({ call, lookup: scope.lookup, group: null, line });
    }
    return [];
  }

  private calledFunction(name: string, receiver: Token[]): PythonFunction | undefined {
    const owner = dottedText(receiver);
    const ours = receiver.length === 0 || owner === "self" || owner === "cls" || this.outline.classes.has(owner);
    return ours ? this.outline.functions.get(name) : undefined;
  }

  private enterCalled(called: PythonFunction, call: CallArguments, statement: Statement): Tracked[] {
    const given = new Map<string, Tracked[]>();
    called.parameters.forEach((parameter, index) => {
      const value = this.tracked(call.keywords.get(parameter) ?? call.positional[index], statement);
      if (value.length > 0) given.set(parameter, value);
    });
    return this.enter(called, given);
  }

  /** `parents=[common]` copies the arguments that `common` has at that time. */
  private addParser(call: CallArguments, statement: Statement): Parser {
    const parser = newParser(call, statement.scope.lookup);
    for (const token of call.keywords.get("parents") ?? []) {
      for (const parent of this.tracked([token], statement)) {
        if (parent.kind !== "parser") continue;
        parent.usedAsParent = true;
        parser.arguments.push(...parent.arguments);
        parser.defaults.push(...parent.defaults);
      }
    }
    return parser;
  }

  private callOn(target: Tracked, name: string, call: CallArguments, statement: Statement): Tracked[] {
    if (target.kind === "subcommands") {
      return name === "add_parser" ? [this.addSubcommand(target, call, statement)] : [];
    }
    const { lookup } = statement.scope;
    const parser = target.kind === "group" ? target.parser : target;
    const group = target.kind === "group" ? target : null;
    if (PARSING.has(name)) parser.parsed = true;
    if (name === "add_argument") parser.arguments.push({ call, lookup, group, line: statement.line });
    if (name === "set_defaults") parser.defaults.push({ call, lookup });
    if (name === "add_argument_group" || name === "add_mutually_exclusive_group") {
      return [this.addGroup(parser, group, name === "add_argument_group", call, lookup)];
    }
    if (name !== "add_subparsers") return [];
    parser.subcommands ??= { kind: "subcommands", call, lookup, parsers: [] };
    return [parser.subcommands];
  }

  private addSubcommand(subcommands: Subcommands, call: CallArguments, statement: Statement): Parser {
    const parser = this.addParser(call, statement);
    const name = call.positional[0] && evaluate(call.positional[0], this.source, statement.scope.lookup);
    if (name?.kind === "string") subcommands.parsers.push({ name: name.value, parser });
    return parser;
  }

  private addGroup(parser: Parser, within: Group | null, titled: boolean, call: CallArguments, lookup: Lookup): Group {
    const titlePart = call.keywords.get("title") ?? call.positional[0];
    const title = titled && titlePart ? evaluate(titlePart, this.source, lookup) : undefined;
    const required = call.keywords.get("required");
    const demanded = required ? evaluate(required, this.source, lookup) : undefined;
    return {
      kind: "group",
      parser,
      title: title?.kind === "string" ? title.value : (within?.title ?? null),
      exclusive: titled ? null : ++this.exclusiveGroups,
      required: demanded?.kind === "boolean" && demanded.value,
    };
  }
}

/** All calls of a line, in the order in which they end. */
function callsIn(tokens: Token[]): Call[] {
  const calls: Call[] = [];
  for (let index = 0; index + 1 < tokens.length; index++) {
    if (isName(tokens[index]) && isOperator(tokens[index + 1], "(")) {
      calls.push({ callee: index, open: index + 1, close: closingBracket(tokens, index + 1) });
    }
  }
  return calls.sort((a, b) => a.close - b.close || b.open - a.open);
}

/** The tokens of what stands before the dot: a dotted name or a whole call. */
function receiverOf(tokens: Token[], dot: number): Token[] {
  let start = dot;
  if (isOperator(tokens[start - 1], ")")) return tokens.slice(start - 1, start);
  while (isName(tokens[start - 1])) {
    start--;
    if (!isOperator(tokens[start - 1], ".")) break;
    start--;
  }
  return tokens.slice(start, dot);
}
