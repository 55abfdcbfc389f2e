/** What may stand where the cursor is in a filter. */
import { type Token, tokenize, unquote } from "../search/tokens";
import { type ColumnKey, columnId } from "../table/columns";
import { ATTRIBUTE_COLUMNS, nameInFilter, quoteInFilter } from "./grammar";

export interface Completion {
  /** What stands in the list. */
  label: string;
  /** What takes the place of the text from `from` to the cursor. */
  insert: string;
}

export interface Completions {
  from: number;
  options: Completion[];
}

export interface CompletionSource {
  columns: readonly ColumnKey[];
  /** Texts that a column has, the most frequent first; numbers are not offered. */
  texts(column: ColumnKey): readonly string[];
}

const MOST_OPTIONS = 50;
const TEXT_OPERATORS = ["=", "!=", "LIKE", "ILIKE", "IS NULL", "IS NOT NULL"];
const NUMBER_OPERATORS = ["=", "!=", "<", "<=", ">", ">="];

export function complete(text: string, cursor: number, source: CompletionSource): Completions {
  const before = text.slice(0, cursor);
  const tokens = tokenize(before);
  const last = tokens.at(-1);
  // A word that the cursor touches is still being written.
  const isOpen = last !== undefined && last.end === cursor && /[\p{L}\p{N}_.`'"]$/u.test(before);
  const unclosed = openQuote(tokens);
  const from = unclosed?.start ?? (isOpen ? last.start : cursor);
  const done = tokens.filter(({ end }) => end <= from);
  const typed = before.slice(from);
  const { kind, column } = expectation(done, source.columns);
  const all = optionsFor(kind, column, source);
  const wanted = typed.toLowerCase().replace(/^['"`]/, "");
  const matching = all.filter(({ label }) => label.toLowerCase().includes(wanted) && label !== typed);
  const starts = (option: Completion) => (option.label.toLowerCase().startsWith(wanted) ? 0 : 1);
  return { from, options: matching.sort((a, b) => starts(a) - starts(b)).slice(0, MOST_OPTIONS) };
}

/** A quote that nothing closes: the text behind it is being written. */
function openQuote(tokens: readonly Token[]): Token | undefined {
  return tokens.find(({ kind, text }) => kind === "other" && /^['"`]/.test(text));
}

type Expected = "name" | "operator" | "value" | "conjunction";

/** What comes after these tokens, and which column it is about. */
function expectation(tokens: Token[], columns: readonly ColumnKey[]): { kind: Expected; column?: ColumnKey } {
  const [second, last] = [tokens.at(-2), tokens.at(-1)];
  if (!last || last.kind === "open" || isConjunction(last)) return { kind: "name" };
  if (last.kind === "operator") return { kind: "value", column: columnNamed(second?.text, columns) };
  const startsHere = !second || second.kind === "open" || isConjunction(second);
  if (last.kind === "identifier" && startsHere) return { kind: "operator", column: columnNamed(last.text, columns) };
  return { kind: "conjunction" };
}

const isConjunction = ({ text }: Token) => /^(and|or)$/i.test(text);

function columnNamed(name: string | undefined, columns: readonly ColumnKey[]): ColumnKey | undefined {
  if (name === undefined) return undefined;
  if (Object.hasOwn(ATTRIBUTE_COLUMNS, name)) return ATTRIBUTE_COLUMNS[name];
  return columns.find((column) => nameInFilter(column) === name || plainName(column) === name.replaceAll(/[`"]/g, ""));
}

const plainName = ({ source, key }: ColumnKey) => `${source}s.${key}`;

function optionsFor(kind: Expected, column: ColumnKey | undefined, source: CompletionSource): Completion[] {
  const plain = (texts: readonly string[]) => texts.map((label) => ({ label, insert: `${label} ` }));
  switch (kind) {
    case "name": {
      const names = new Map(source.columns.map((one) => [columnId(one), nameInFilter(one)]));
      return plain([...new Set(names.values())].filter((name) => name !== undefined));
    }
    case "operator":
      return plain(
        column?.source === "metric" ? NUMBER_OPERATORS : [...new Set([...TEXT_OPERATORS, ...NUMBER_OPERATORS])],
      );
    case "value":
      return (column ? source.texts(column) : []).flatMap((text) => {
        const insert = quoteInFilter(text);
        return insert === undefined ? [] : { label: unquote(insert, "'\"") ?? text, insert: `${insert} ` };
      });
    case "conjunction":
      return plain(["and", "or"]);
  }
}
