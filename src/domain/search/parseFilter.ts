/** Filters as MLflow has them, and those of our own tables, which know `or` and parentheses as well. */
import { parseComparison } from "./comparison";
import { type Filter, SearchError } from "./filter";
import type { Grammar } from "./grammars";
import { isWord, type Token, tokenize } from "./tokens";

export interface FilterOptions {
  /** Takes `or` and parentheses; `and` binds tighter. Default false: MLflow refuses both. */
  nested?: boolean;
}

/** Deep enough for any person; a text of a million parentheses must not end the program. */
const MAX_DEPTH = 100;

/** What the text asks for; an empty one, for everything. Throws SearchError, in MLflow's words. */
export function parseFilter(text: string, grammar: Grammar, { nested = false }: FilterOptions = {}): Filter {
  if (text === "") return { kind: "all", terms: [] };
  const tokens = tokenize(text);
  if (tokens.length === 0) throw new SearchError(`Invalid filter '${text}'. Could not be parsed.`);
  if (tokens.some(({ kind }, index) => kind === "semicolon" && index < tokens.length - 1)) {
    throw new SearchError(`Search filter contained multiple expression '${text}'. Provide AND-ed expression list.`);
  }
  const refused: string[] = [];
  let at = 0;

  /** Alternatives up to the end, or to the parenthesis that closes this level. */
  function alternatives(depth: number): Filter {
    const terms = [all(depth)];
    while (isWord(tokens[at], "OR") && nested) {
      at++;
      terms.push(all(depth));
    }
    return terms.length === 1 ? terms[0]! : { kind: "any", terms };
  }

  /** MLflow lets an AND stand where it likes, and lets it be left out. Where `or` is known, each must have its place. */
  function all(depth: number): Filter {
    const terms: Filter[] = [];
    let expected = true;
    while (at < tokens.length && !(nested && (isWord(tokens[at], "OR") || tokens[at]!.kind === "close"))) {
      const token = tokens[at]!;
      if (isWord(token, "AND")) {
        if (nested && expected) refused.push(token.text);
        expected = true;
        at++;
        continue;
      }
      if (nested && !expected) refused.push(token.text);
      terms.push(...one(depth));
      expected = false;
    }
    if (nested && expected) refused.push(tokens[at]?.text ?? tokens.at(-1)!.text);
    return terms.length === 1 ? terms[0]! : { kind: "all", terms };
  }

  /** A comparison or a group; nothing, and the token among those refused, when there is neither. */
  function one(depth: number): Filter[] {
    const found = parseComparison(tokens, at, grammar);
    if (found) {
      at = found.next;
      return [found.comparison];
    }
    const first = tokens[at]!;
    if (first.kind === "open" && nested) return group(depth);
    const end = first.kind === "open" ? closing(tokens, at) : at;
    refused.push(text.slice(first.start, tokens[end]!.end));
    at = end + 1;
    return [];
  }

  function group(depth: number): Filter[] {
    if (depth >= MAX_DEPTH) throw new SearchError("The filter has too many parentheses within each other.");
    const open = tokens[at++]!;
    const inner = alternatives(depth + 1);
    if (tokens[at]?.kind === "close") at++;
    else refused.push(open.text);
    return [inner];
  }

  const filter = alternatives(0);
  for (; at < tokens.length; at++) refused.push(tokens[at]!.text);
  if (refused.length > 0) throw new SearchError(grammar.words.clauses(text, refused));
  return filter.kind === "comparison" ? { kind: "all", terms: [filter] } : filter;
}

/** Place of the parenthesis that closes the one at `open`, or the last token. */
function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]!.kind === "open") depth++;
    else if (tokens[at]!.kind === "close" && --depth === 0) return at;
  }
  return tokens.length - 1;
}
