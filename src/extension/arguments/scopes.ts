/** Names of a script: which functions there are, and what a name stands for in a block of lines. */
import type { LogicalLine, Token } from "./tokens";
import { closingBracket, evaluate, isName, isOperator, type Lookup, splitAtCommas, type Value } from "./values";

export interface PythonFunction {
  name: string;
  /** Without `self` and `cls`. */
  parameters: string[];
  body: LogicalLine[];
}

export interface Outline {
  /** By name; the first of each name. */
  functions: Map<string, PythonFunction>;
  classes: Set<string>;
}

/** Lines below a header: those that are indented deeper, up to the first that is not. */
function blockAfter(lines: LogicalLine[], header: number): LogicalLine[] {
  const { indent } = lines[header]!;
  let end = header + 1;
  while (end < lines.length && lines[end]!.indent > indent) end++;
  return lines.slice(header + 1, end);
}

const isDefinition = (tokens: Token[]) =>
  isName(tokens[0], "def") || (isName(tokens[0], "async") && isName(tokens[1], "def"));

/** All functions and classes of the file, nested ones too. */
export function readOutline(lines: LogicalLine[]): Outline {
  const outline: Outline = { functions: new Map(), classes: new Set() };
  lines.forEach(({ tokens }, index) => {
    if (isName(tokens[0], "class") && tokens[1]) outline.classes.add(tokens[1].text);
    if (!isDefinition(tokens)) return;
    const at = isName(tokens[0], "async") ? 2 : 1;
    const name = tokens[at]?.text;
    if (!name || outline.functions.has(name)) return;
    outline.functions.set(name, { name, parameters: parametersOf(tokens), body: blockAfter(lines, index) });
  });
  return outline;
}

function parametersOf(header: Token[]): string[] {
  const open = header.findIndex((token) => isOperator(token, "("));
  if (open < 0) return [];
  return splitAtCommas(header.slice(open + 1, closingBracket(header, open)))
    .map((part) => part.find((token) => token.kind === "name")?.text ?? "")
    .filter((name, index) => name !== "" && !(index === 0 && (name === "self" || name === "cls")));
}

/** The lines of a block without those of the functions defined in it. */
export function ownLines(lines: LogicalLine[]): LogicalLine[] {
  const own: LogicalLine[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (isDefinition(lines[index]!.tokens)) index += blockAfter(lines, index).length;
    else own.push(lines[index]!);
  }
  return own;
}

/** A name, possibly with a type, and what is assigned to it: `lr: float = 0.1`. Undefined for anything else. */
export function assignment(tokens: Token[]): { target: string; value: Token[] } | undefined {
  let at = 0;
  while (isName(tokens[at]) && isOperator(tokens[at + 1], ".")) at += 2;
  if (!isName(tokens[at])) return undefined;
  const target = dottedText(tokens.slice(0, at + 1));
  const annotated = isOperator(tokens[at + 1], ":");
  const equals = tokens.findIndex((token, index) => index > at && isOperator(token, "="));
  if (equals < 0 || (!annotated && equals !== at + 1)) return undefined;
  return { target, value: tokens.slice(equals + 1) };
}

export const dottedText = (tokens: Token[]) => tokens.map(({ text }) => text).join("");

/**
 * What names stand for in a block: one that is assigned a single time has that value; parameters, loop variables and
 * names assigned again stand for nothing known. `outer` answers for names the block does not bind.
 */
export function lookupIn(lines: LogicalLine[], parameters: string[], source: string, outer: Lookup): Lookup {
  const bound = new Map<string, Token[] | null>(parameters.map((name) => [name, null]));
  const bind = (name: string, value: Token[] | null) => bound.set(name, bound.has(name) ? null : value);
  for (const { tokens } of lines) {
    const assigned = assignment(tokens);
    if (assigned) bind(assigned.target, assigned.value);
    else for (const name of reboundNames(tokens)) bind(name, null);
  }
  const underWay = new Set<string>();
  return lookup;

  function lookup(name: string): Value | undefined {
    const value = bound.get(name);
    if (value === undefined) return outer(name);
    if (value === null || underWay.has(name)) return undefined;
    underWay.add(name);
    try {
      const found = evaluate(value, source, lookup);
      return found.kind === "expression" || found.kind === "name" ? undefined : found;
    } finally {
      underWay.delete(name);
    }
  }
}

/** Names that a line gives a value we do not follow: loops, `with … as`, imports, `+=`. */
function reboundNames(tokens: Token[]): string[] {
  const names: string[] = [];
  const augmented = tokens[1]?.kind === "operator" && /^[-+*/%@&|^]=$|^(\*\*|\/\/|>>|<<)=$/.test(tokens[1].text);
  if (isName(tokens[0]) && augmented) names.push(tokens[0]!.text);
  tokens.forEach((token, index) => {
    if (isName(token, "for")) {
      for (let at = index + 1; tokens[at] && !isName(tokens[at], "in"); at++) {
        if (isName(tokens[at])) names.push(tokens[at]!.text);
      }
    }
    if (isName(token, "as") && isName(tokens[index + 1])) names.push(tokens[index + 1]!.text);
    if (isOperator(tokens[index + 1], ":=")) names.push(token.text);
  });
  return names;
}
