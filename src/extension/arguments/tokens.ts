/** The tokens of a Python file: enough of the language to read calls and literals without running anything. */

export interface Token {
  kind: "name" | "number" | "string" | "operator";
  /** As written. */
  text: string;
  start: number;
  end: number;
  /** The string's value; absent for f-strings (their value is known only at run time) and bytes. */
  value?: string;
}

/** One logical line: brackets and backslashes join physical ones. */
export interface LogicalLine {
  indent: number;
  /** 1-based number of the physical line on which it starts. */
  line: number;
  tokens: Token[];
}

const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const NUMBER = /(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d[\d_]*)?[jJ]?)/y;
const STRING_START = /([rRbBuUfFtT]{0,2})("""|'''|"|')/y;
const OPERATOR = /\*\*=|\/\/=|>>=|<<=|\.\.\.|\*\*|\/\/|>>|<<|<=|>=|==|!=|->|:=|[-+*/%@&|^]=|[^\s]/y;
const TAB_WIDTH = 8;

/** Splits the source into logical lines; never throws: what is not Python becomes operators or an unfinished string. */
export function readLines(source: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let tokens: Token[] = [];
  let depth = 0;
  let line = 1;
  let countedTo = 0;

  const finish = () => {
    const [first] = tokens;
    if (!first) return;
    for (; countedTo < first.start; countedTo++) if (source[countedTo] === "\n") line++;
    lines.push({ indent: indentAt(source, first.start), line, tokens });
    tokens = [];
  };

  for (let at = skipBlank(source, 0, false); at < source.length; at = skipBlank(source, at, depth > 0)) {
    if (depth === 0 && (source[at] === "\n" || source[at] === ";")) {
      finish();
      at++;
      continue;
    }
    const token = tokenAt(source, at);
    if (token.kind === "operator" && "([{".includes(token.text)) depth++;
    if (token.kind === "operator" && ")]}".includes(token.text)) depth = Math.max(0, depth - 1);
    tokens.push(token);
    at = token.end;
  }
  finish();
  return lines;
}

const BLANK = /(?:[^\S\n]|\uFEFF|#[^\n]*|\\\r?\n)+/y;
const BLANK_IN_BRACKETS = /(?:\s|\uFEFF|#[^\n]*|\\\r?\n)+/y;

/** The place after spaces, comments and joined lines; in brackets line ends mean nothing either. */
function skipBlank(source: string, at: number, inBrackets: boolean): number {
  const pattern = inBrackets ? BLANK_IN_BRACKETS : BLANK;
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}

function tokenAt(source: string, at: number): Token {
  return (
    stringAt(source, at) ??
    match(source, at, NAME, "name") ??
    match(source, at, NUMBER, "number") ??
    match(source, at, OPERATOR, "operator") ?? { kind: "operator", text: source[at]!, start: at, end: at + 1 }
  );
}

function match(source: string, at: number, pattern: RegExp, kind: Token["kind"]): Token | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(source);
  return found?.[0] ? { kind, text: found[0], start: at, end: at + found[0].length } : undefined;
}

function stringAt(source: string, at: number): Token | undefined {
  STRING_START.lastIndex = at;
  const start = STRING_START.exec(source);
  if (!start) return undefined;
  const [opening, prefix = "", quote = ""] = start;
  const bodyStart = at + opening.length;
  let end = bodyStart;
  while (end < source.length && !source.startsWith(quote, end)) {
    // An unfinished one-line string, as while typing, ends with its line.
    if (quote.length === 1 && source[end] === "\n") break;
    end += source[end] === "\\" ? 2 : 1;
  }
  const closed = source.startsWith(quote, end);
  const body = source.slice(bodyStart, Math.min(end, source.length));
  const stop = closed ? end + quote.length : Math.min(end, source.length);
  const token: Token = { kind: "string", text: source.slice(at, stop), start: at, end: stop };
  if (!/[fbt]/i.test(prefix)) token.value = /r/i.test(prefix) ? body : unescaped(body);
  return token;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };
const ESCAPE = /\\(?:\r?\n|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\\'"ntrabfv]))/g;

function unescaped(body: string): string {
  return body.replace(ESCAPE, (_, hex, short, long, octal, letter) => {
    const code = hex ?? short ?? long;
    if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return letter === undefined ? "" : (ESCAPES[letter] ?? letter);
  });
}

function indentAt(source: string, at: number): number {
  const lineStart = source.lastIndexOf("\n", at - 1) + 1;
  let width = 0;
  for (const character of source.slice(lineStart, at)) {
    if (character === "\t") width += TAB_WIDTH - (width % TAB_WIDTH);
    else if (/\s/.test(character)) width++;
    else return width; // a second statement on the line, after ";" or ":"
  }
  return width;
}
