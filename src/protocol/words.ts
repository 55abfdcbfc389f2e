/** Words of a command line as a person types them: spaces separate, quotes and backslashes protect. */

/** Throws when a quote is left open; the message is a sentence for the user. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quote) {
      if (character === quote) quote = "";
      else if (character === "\\" && quote === '"' && /["\\]/.test(text[at + 1] ?? "")) word += text[++at]!;
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === "\\" && /[\s'"\\]/.test(text[at + 1] ?? "")) {
      word = (word ?? "") + text[++at]!;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote) throw new Error(`A quote (${quote}) is not closed.`);
  if (word !== null) words.push(word);
  return words;
}

/** A command line to read and to paste into a shell. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
