/** Which metrics a printed text names: those that are known, since any word might be one. */
import type { NamedMetric } from "./calls";
import type { PrintedText, PythonMarks } from "./marks";

const STRING = /("""|'''|["'])((?:\\[\s\S]|(?!\1)[\s\S])*)\1/g;
/** What is filled in: `{loss:.4f}`, `%(loss)s`. */
const FILLED = /\{[^{}]*\}|%\(\w+\)\S?/g;
/** Behind a metric's name its value is filled in, or it is the next thing that is printed. */
const FILLED_IN = /\s*[=:]?\s*[{%]/y;
const PRINTED_NEXT = /\s*[=:]?\s*$/y;
const WORD = /[\p{L}_][\p{L}\p{N}_.@/-]*/gu;

/**
 * `known`: names of metrics; one that output told under a heading ("val/loss" of "val: loss 0.3") is known by its last part
 * too. Each name once a text.
 */
export function printedMetrics({ source, printed }: PythonMarks, known: Iterable<string>): NamedMetric[] {
  const byWord = new Map<string, string>();
  for (const name of known) {
    byWord.set(name, name);
    const last = name.slice(name.lastIndexOf("/") + 1);
    if (!byWord.has(last)) byWord.set(last, name);
  }
  return byWord.size === 0 ? [] : printed.flatMap((text) => namesIn(source, text, byWord));
}

function namesIn(
  source: string,
  { start, end, isTemplate }: PrintedText,
  byWord: ReadonlyMap<string, string>,
): NamedMetric[] {
  const found = new Map<string, NamedMetric>();
  for (const { 1: quote = "", 2: text = "", index } of source.slice(start, end).matchAll(STRING)) {
    // Of the same length, so that places stay.
    const plain = text.replace(FILLED, (filled) => " ".repeat(filled.length));
    for (const word of plain.matchAll(WORD)) {
      const at = word.index + word[0].length;
      if (!fits(FILLED_IN, text, at) && (isTemplate || !fits(PRINTED_NEXT, text, at))) continue;
      const name = byWord.get(word[0].replace(/[.@/-]+$/, ""));
      if (name === undefined || found.has(name)) continue;
      found.set(name, { name, end: start + index + quote.length + at });
    }
  }
  return [...found.values()];
}

function fits(rule: RegExp, text: string, at: number): boolean {
  rule.lastIndex = at;
  return rule.test(text);
}
