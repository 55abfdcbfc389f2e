/** Which metrics a printed text names: those that are known, since any word might be one. */
import type { NamedMetric } from "./calls";
import type { PrintedText, PythonMarks } from "./marks";

const STRING = /("""|'''|["'])((?:\\[\s\S]|(?!\1)[\s\S])*)\1/g;
/** What is filled in: `{loss:.4f}`, `%(loss)s`. */
const FILLED = /\{[^{}]*\}|%\(\w+\)\S?/g;
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

function namesIn(source: string, { start, end }: PrintedText, byWord: ReadonlyMap<string, string>): NamedMetric[] {
  const found = new Map<string, NamedMetric>();
  for (const { 2: text = "", index } of source.slice(start, end).matchAll(STRING)) {
    // Of the same length, so that places stay.
    const plain = text.replace(FILLED, (filled) => " ".repeat(filled.length));
    for (const word of plain.matchAll(WORD)) {
      const name = byWord.get(word[0].replace(/[.@/-]+$/, ""));
      if (name !== undefined && !found.has(name))
        found.set(name, { name, end: start + index + word.index + word[0].length });
    }
  }
  return [...found.values()];
}
