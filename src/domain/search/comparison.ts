/** One comparison of a filter. */
import { type Comparison, type Entity, type Operator, SearchError } from "./filter";
import type { Attribute, Grammar } from "./grammars";
import { parseIdentifier } from "./identifier";
import { isWord, type Token, unquote } from "./tokens";

const NUMERIC: readonly Operator[] = [">", ">=", "!=", "=", "<", "<="];
const TEXTUAL: readonly Operator[] = ["!=", "=", "LIKE", "ILIKE"];
const LISTED: readonly Operator[] = [...TEXTUAL, "IN", "NOT IN"];

const OPERANDS = new Set<Token["kind"]>(["identifier", "text", "number", "expression"]);

interface Found {
  comparison: Comparison;
  /** Place of the token after it. */
  next: number;
}

/** The comparison that begins at `at`; null when none does. Throws SearchError for one that is wrong in itself. */
export function parseComparison(tokens: Token[], at: number, grammar: Grammar): Found | null {
  const left = tokens[at]!;
  if (!OPERANDS.has(left.kind)) return null;
  const shape = shapeAt(tokens, at + 1);
  if (!shape) return null;
  if (left.kind !== "identifier") {
    throw new SearchError(`Invalid comparison clause. Expected 'Identifier' found '${left.text}'`);
  }
  const { entity, key, attribute } = parseIdentifier(left.text, grammar, "filter");
  const rule = { entity, key, attribute };
  const comparison = { kind: "comparison", entity, key: attribute?.canonical ?? key } as const;
  if (shape.operator === "IS NULL" || shape.operator === "IS NOT NULL") {
    if (!grammar.nullable.includes(entity)) throw new SearchError(grammar.words.nulls(entity, key));
    return { comparison: { ...comparison, operator: shape.operator, value: null }, next: shape.next };
  }
  const value = Array.isArray(shape.value)
    ? listOf(shape.value, rule, grammar)
    : singleValue(shape.value!, rule, grammar);
  const operator = operatorOf(shape.operator, rule, grammar, typeof value === "number");
  return { comparison: { ...comparison, operator, value }, next: shape.next };
}

/** What stands after the left side: an operator and, mostly, a value, for a list all of its tokens. */
interface Shape {
  operator: string;
  value?: Token | Token[];
  next: number;
}

function shapeAt(tokens: Token[], at: number): Shape | null {
  const [first, second, third] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (first?.kind === "operator") {
    if (second?.kind === "open") return listShape(first.text, tokens, at + 1);
    return second && OPERANDS.has(second.kind) ? { operator: first.text, value: second, next: at + 2 } : null;
  }
  if (isWord(first, "IS")) {
    if (isWord(second, "NULL")) return { operator: "IS NULL", next: at + 2 };
    if (isWord(second, "NOT") && isWord(third, "NULL")) return { operator: "IS NOT NULL", next: at + 3 };
  }
  if (isWord(first, "IN") && second?.kind === "open") return listShape("IN", tokens, at + 1);
  if (isWord(first, "NOT") && isWord(second, "IN") && third?.kind === "open")
    return listShape("NOT IN", tokens, at + 2);
  return null;
}

/** Null when the parenthesis is never closed. */
function listShape(operator: string, tokens: Token[], open: number): Shape | null {
  const length = tokens.slice(open).findIndex(({ kind }) => kind === "close");
  return length < 0 ? null : { operator, value: tokens.slice(open + 1, open + length), next: open + length + 1 };
}

interface Rule {
  entity: Entity;
  key: string;
  attribute: Attribute | undefined;
}

function isNumeric({ entity, attribute }: Rule): boolean {
  return entity === "metric" || attribute?.type === "number";
}

function operatorOf(written: string, rule: Rule, grammar: Grammar, withNumber: boolean): Operator {
  const operator = written.toUpperCase().replace(/\s+/g, " ");
  let valid = TEXTUAL;
  if (isNumeric(rule) || withNumber) valid = NUMERIC;
  else if (rule.attribute?.lists || rule.entity === "dataset") valid = LISTED;
  const found = valid.find((one) => one === operator);
  if (!found) throw new SearchError(grammar.words.operator(rule, operator, valid));
  return found;
}

function singleValue(token: Token, rule: Rule, grammar: Grammar): string | number {
  const { entity, key } = rule;
  if (isNumeric(rule)) {
    // A version is a text on the wire.
    const digits = grammar.attributes[key]?.type === "number" && key === "version_number" && unquote(token.text, "'\"");
    if (token.kind === "number") return Number(token.text);
    if (digits && /^\s*[-+]?\d+\s*$/.test(digits)) return Number(digits);
    throw new SearchError(grammar.words.value(entity, key, token.text));
  }
  if (token.kind === "number" && grammar.numbers?.includes(entity)) return Number(token.text);
  const text = unquote(token.text, "'\"");
  if (text !== undefined) return text;
  if (grammar.looseTexts) return token.text;
  if (token.kind !== "identifier") throw new SearchError(grammar.words.value(entity, key, token.text));
  throw new SearchError(
    `Parameter value is either not quoted or unidentified quote types used for string value ${token.text}. Use either single or double quotes.`,
  );
}

function listOf(tokens: Token[], rule: Rule, grammar: Grammar): string[] {
  const { entity, key, attribute } = rule;
  const found = () => `(${tokens.map(({ text }) => text).join(" ")})`;
  if (isNumeric(rule) || entity === "tag" || entity === "param") {
    throw new SearchError(grammar.words.value(entity, key, found()));
  }
  if (entity === "attribute" && !attribute?.lists) {
    const names = Object.entries(grammar.attributes).filter(([, { lists }]) => lists);
    throw new SearchError(
      `Only [${names.map(([name]) => `'${name}'`).join(", ")}] attributes support comparison with a list of quoted string values.`,
    );
  }
  const wanted = "While parsing a list in the query, expected";
  if (tokens.length === 0) {
    throw new SearchError(`${wanted} a non-empty list of string values, but got empty list`);
  }
  return tokens.flatMap((token, index) => {
    // Every second one is a comma, also one behind the last value.
    if (index % 2 === 1) {
      if (token.kind === "comma") return [];
      throw new SearchError(`${wanted} a non-empty list of string values, but got ill-formed list.`);
    }
    const text = unquote(token.text, "'\"");
    if (text !== undefined) return [text];
    throw new SearchError(
      token.kind === "number"
        ? `${wanted} string value, punctuation, or whitespace, but got different type in list: ${found()}`
        : `${wanted} a non-empty list of string values, but got ill-formed list.`,
    );
  });
}
