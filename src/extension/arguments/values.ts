/** Python expressions as values, as far as they are known without running the file. */
import type { Token } from "./tokens";

export type Value =
  | { kind: "string"; value: string }
  /** As written (`1e-3`), or computed from literals. */
  | { kind: "number"; text: string; integer: boolean }
  | { kind: "boolean"; value: boolean }
  | { kind: "none" }
  /** Lists, tuples, sets and ranges. */
  | { kind: "sequence"; items: Value[] }
  | { kind: "mapping"; keys: Value[] }
  /** A dotted name that stands for nothing known: `int`, `argparse.BooleanOptionalAction`, `config.lr`. */
  | { kind: "name"; text: string }
  /** Known only at run time; `text` is the source. */
  | { kind: "expression"; text: string };

/** What a name stands for; undefined when that is not known. */
export type Lookup = (name: string) => Value | undefined;

export interface CallArguments {
  positional: Token[][];
  keywords: Map<string, Token[]>;
}

const OPENING = "([{";
const CLOSING = ")]}";
const LONGEST_RANGE = 100;

export const isOperator = (token: Token | undefined, text: string) => token?.kind === "operator" && token.text === text;
export const isName = (token: Token | undefined, text?: string) =>
  token?.kind === "name" && (text === undefined || token.text === text);

/** Index of the bracket that closes the one at `open`; the last index when it is never closed. */
export function closingBracket(tokens: Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const { kind, text } = tokens[index]!;
    if (kind !== "operator") continue;
    if (OPENING.includes(text)) depth++;
    if (CLOSING.includes(text) && --depth === 0) return index;
  }
  return tokens.length;
}

/** Splits at the commas that are in no bracket and belong to no lambda. Empty parts (a trailing comma) are dropped. */
export function splitAtCommas(tokens: Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  let lambda = false;
  for (const token of tokens) {
    if (token.kind === "operator") {
      if (OPENING.includes(token.text)) depth++;
      if (CLOSING.includes(token.text)) depth--;
      if (token.text === ":" && depth === 0) lambda = false;
    }
    if (isName(token, "lambda") && depth === 0) lambda = true;
    if (isOperator(token, ",") && depth === 0 && !lambda) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

/** The arguments of the call whose opening bracket is at `open`. */
export function callArguments(tokens: Token[], open: number): CallArguments {
  const found: CallArguments = { positional: [], keywords: new Map() };
  for (const part of splitAtCommas(tokens.slice(open + 1, closingBracket(tokens, open)))) {
    if (isName(part[0]) && isOperator(part[1], "=")) found.keywords.set(part[0]!.text, part.slice(2));
    else found.positional.push(part);
  }
  return found;
}

/** The value of an expression; what cannot be told is its source text. */
export function evaluate(tokens: Token[], source: string, lookup: Lookup): Value {
  const first = tokens[0];
  const last = tokens.at(-1);
  if (!first || !last) return { kind: "expression", text: "" };
  const reader = new ExpressionReader(tokens, source, lookup);
  const value = reader.sum();
  if (value && reader.done) return value;
  return { kind: "expression", text: source.slice(first.start, last.end).replace(/\s+/g, " ") };
}

/** Recursive descent over arithmetic, literals and a few calls; each method gives undefined for what it does not know. */
class ExpressionReader {
  private at = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly source: string,
    private readonly lookup: Lookup,
  ) {}

  get done() {
    return this.at === this.tokens.length;
  }

  private take(...texts: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== "operator" || !texts.includes(token.text)) return undefined;
    this.at++;
    return token.text;
  }

  sum(): Value | undefined {
    let left = this.product();
    for (let sign = this.take("+", "-"); left && sign; sign = this.take("+", "-")) {
      left = combine(sign, left, this.product());
    }
    return left;
  }

  private product(): Value | undefined {
    let left = this.unary();
    for (let sign = this.take("*", "/", "//", "%"); left && sign; sign = this.take("*", "/", "//", "%")) {
      left = combine(sign, left, this.unary());
    }
    return left;
  }

  private unary(): Value | undefined {
    const sign = this.take("-", "+");
    if (!sign) return this.power();
    const value = this.unary();
    if (value?.kind !== "number") return undefined;
    if (sign === "+") return value;
    const text = value.text.startsWith("-") ? value.text.slice(1) : `-${value.text}`;
    return { ...value, text };
  }

  private power(): Value | undefined {
    const base = this.postfix();
    return base && this.take("**") ? combine("**", base, this.unary()) : base;
  }

  private postfix(): Value | undefined {
    let value = this.atom();
    while (value && !this.done) {
      const next = this.tokens[this.at]!;
      if (isOperator(next, ".") && isName(this.tokens[this.at + 1])) {
        const member = this.tokens[this.at + 1]!.text;
        this.at += 2;
        if (value.kind === "mapping" && member === "keys") {
          if (!this.take("(") || !this.take(")")) return undefined;
          value = { kind: "sequence", items: value.keys };
        } else if (value.kind === "name") value = { kind: "name", text: `${value.text}.${member}` };
        else return undefined;
      } else if (isOperator(next, "(") && value.kind === "name") {
        value = this.call(value.text);
      } else break;
    }
    return value;
  }

  private call(callee: string): Value | undefined {
    const { positional, keywords } = callArguments(this.tokens, this.at);
    this.at = Math.min(closingBracket(this.tokens, this.at) + 1, this.tokens.length);
    if (keywords.size > 0) return undefined;
    const values = positional.map((part) => evaluate(part, this.source, this.lookup));
    return knownCall(callee, values);
  }

  private atom(): Value | undefined {
    const token = this.tokens[this.at];
    if (!token) return undefined;
    if (token.kind === "string") return this.strings();
    if (token.kind === "operator") return this.bracketed();
    this.at++;
    if (token.kind === "number") return numberOf(token.text);
    if (token.text === "True" || token.text === "False") return { kind: "boolean", value: token.text === "True" };
    if (token.text === "None") return { kind: "none" };
    if (["lambda", "not", "await", "yield"].includes(token.text)) return undefined;
    return this.lookup(token.text) ?? { kind: "name", text: token.text };
  }

  /** Strings side by side are one. */
  private strings(): Value | undefined {
    let value = "";
    for (let token = this.tokens[this.at]; token?.kind === "string"; token = this.tokens[++this.at]) {
      if (token.value === undefined) return undefined;
      value += token.value;
    }
    return { kind: "string", value };
  }

  private bracketed(): Value | undefined {
    const open = this.tokens[this.at]!.text;
    if (!OPENING.includes(open)) return undefined;
    const close = closingBracket(this.tokens, this.at);
    const inner = this.tokens.slice(this.at + 1, close);
    this.at = Math.min(close + 1, this.tokens.length);
    const parts = splitAtCommas(inner);
    const grouping = open === "(" && parts.length === 1 && !isOperator(inner.at(-1), ",");
    if (grouping) return known(evaluate(inner, this.source, this.lookup));
    if (inner.some((token) => isName(token, "for"))) return undefined; // a comprehension
    if (open === "{" && (parts.length === 0 || topLevelColon(parts[0]!) >= 0)) return this.mapping(parts);
    const items = parts.map((part) => evaluate(part, this.source, this.lookup));
    return { kind: "sequence", items };
  }

  private mapping(parts: Token[][]): Value | undefined {
    const colons = parts.map(topLevelColon);
    if (colons.some((colon) => colon < 0)) return undefined; // `**other`
    const keys = parts.map((part, index) => evaluate(part.slice(0, colons[index]), this.source, this.lookup));
    return { kind: "mapping", keys };
  }
}

const known = (value: Value) => (value.kind === "expression" ? undefined : value);

function topLevelColon(tokens: Token[]): number {
  let depth = 0;
  return tokens.findIndex(({ kind, text }) => {
    if (kind !== "operator") return false;
    if (OPENING.includes(text)) depth++;
    if (CLOSING.includes(text)) depth--;
    return text === ":" && depth === 0;
  });
}

function knownCall(callee: string, values: Value[]): Value | undefined {
  const [only] = values;
  if (callee === "range") return rangeOf(values);
  if (values.length !== 1 || !only) return undefined;
  // A path is what it is written as: `Path("data")`.
  if (/(^|\.)(Pure)?Path$/.test(callee) && only.kind === "string") return only;
  const items = only.kind === "mapping" ? only.keys : only.kind === "sequence" ? only.items : undefined;
  if (items && ["list", "tuple", "set", "frozenset"].includes(callee)) return { kind: "sequence", items };
  if (items?.every((item) => item.kind === "string") && callee === "sorted") {
    return { kind: "sequence", items: items.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)) };
  }
  if (["int", "float", "str"].includes(callee) && only.kind === (callee === "str" ? "string" : "number")) return only;
  return undefined;
}

function rangeOf(values: Value[]): Value | undefined {
  const numbers = values.map((value) => (value.kind === "number" && value.integer ? Number(value.text) : Number.NaN));
  const [start = 0, stop = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers;
  const count = Math.ceil((stop - start) / step);
  if (values.length === 0 || !(count <= LONGEST_RANGE)) return undefined;
  const items = Array.from({ length: Math.max(0, count) }, (_, index) => integer(start + index * step));
  return { kind: "sequence", items };
}

const integer = (value: number): Value => ({ kind: "number", text: String(value), integer: true });

function numberOf(text: string): Value | undefined {
  if (/[jJ]$/.test(text)) return undefined;
  const hexadecimal = /^0[xX]/.test(text);
  return { kind: "number", text, integer: hexadecimal || /^0[bBoO]|^[\d_]+$/.test(text) };
}

const asNumber = (text: string) => {
  const plain = text.replaceAll("_", "");
  return plain.startsWith("-") ? -Number(plain.slice(1)) : Number(plain);
};

function combine(sign: string, left: Value, right: Value | undefined): Value | undefined {
  if (!right) return undefined;
  if (sign === "+" && left.kind === "string" && right.kind === "string") {
    return { kind: "string", value: left.value + right.value };
  }
  if (sign === "+" && left.kind === "sequence" && right.kind === "sequence") {
    return { kind: "sequence", items: [...left.items, ...right.items] };
  }
  if (left.kind !== "number" || right.kind !== "number") return undefined;
  const result = arithmetic(sign, asNumber(left.text), asNumber(right.text));
  if (!Number.isFinite(result)) return undefined;
  const exponentOfFraction = sign === "**" && asNumber(right.text) < 0;
  const whole = left.integer && right.integer && sign !== "/" && !exponentOfFraction;
  if (whole) return Number.isSafeInteger(result) ? integer(result) : undefined;
  // Python writes a whole float with ".0".
  return { kind: "number", text: Number.isInteger(result) ? `${result}.0` : String(result), integer: false };
}

/** Python's operators: floor division, and a remainder with the divisor's sign. */
function arithmetic(sign: string, left: number, right: number): number {
  switch (sign) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "//":
      return Math.floor(left / right);
    case "%":
      return left - right * Math.floor(left / right);
    default:
      return left ** right;
  }
}
