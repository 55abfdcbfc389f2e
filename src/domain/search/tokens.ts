/** Cuts a filter into words as MLflow's parser (sqlparse) does. */

export type TokenKind =
  /** A name, perhaps with an entity before it and quotes or backticks around its parts; also a text in double quotes. */
  | "identifier"
  | "text"
  | "number"
  | "operator"
  /** Arithmetic and the like: an operand that is none of the above. */
  | "expression"
  | "open"
  | "close"
  | "comma"
  | "semicolon"
  /** Something that cannot stand in a filter, such as a lone quote. */
  | "other";

export interface Token {
  kind: TokenKind;
  /** As written. */
  text: string;
  start: number;
  end: number;
}

const BARE = String.raw`[\p{L}_@#][\p{L}\p{N}_$@#]*`;
const QUOTED = '`[^`]*`|"[^"]*"';
const SINGLE = String.raw`'(?:''|\\'|[^'])*'`;
const NAME = `(?:${QUOTED}|${BARE})(?:\\.(?:${QUOTED}|${SINGLE}|[\\p{L}\\p{N}_@#][\\p{L}\\p{N}_$@#]*))*`;
const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_.])`;

/** In the order in which they are tried. */
const KINDS: [TokenKind, string][] = [
  ["other", String.raw`--[^\n]*|/\*[^]*?\*/`],
  ["operator", String.raw`[<>=~!]+|(?:not\s+)?(?:like|ilike|rlike)(?![\p{L}\p{N}_.])`],
  ["number", NUMBER],
  ["expression", `(?:${NAME})(?:[-+*/%](?:${NAME}|\\d+))+|\\d+[\\p{L}_]+`],
  ["identifier", NAME],
  ["text", SINGLE],
  ["open", "\\("],
  ["close", "\\)"],
  ["comma", ","],
  ["semicolon", ";"],
  ["other", "[^]"],
];

const PATTERNS = KINDS.map(([kind, source]) => [kind, new RegExp(source, "iuy")] as const);
const SPACE = /\s*/y;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = skipSpace(text, 0); start < text.length; start = skipSpace(text, tokens.at(-1)!.end)) {
    tokens.push(tokenAt(text, start));
  }
  return tokens;
}

function tokenAt(text: string, start: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const match = pattern.exec(text)?.[0];
    if (match) return { kind, text: match, start, end: start + match.length };
  }
  // "Anything" fits anywhere.
  throw new Error(`No token at ${start}.`);
}

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

/** Whether the token is this keyword, in any case. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "identifier" && token.text.toUpperCase() === word;
}

/** `text` without the quotes of this kind around it; undefined when it has none. */
export function unquote(text: string, quotes: string): string | undefined {
  const quote = text[0];
  if (text.length < 2 || quote === undefined || !quotes.includes(quote) || text.at(-1) !== quote) return undefined;
  // A quote within is written twice.
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
