/** Tags as a person types them. */
import { splitWords } from "./words";

/** `a=1 b="x y"` as tags; null when it is not of that form. */
export function parseTags(text: string): Record<string, string> | null {
  const tags: Record<string, string> = {};
  for (const word of wordsOf(text)) {
    const equals = word.indexOf("=");
    if (equals <= 0) return null;
    tags[word.slice(0, equals)] = word.slice(equals + 1);
  }
  return tags;
}

/** A quote left open makes one word that is no tag. */
function wordsOf(text: string): string[] {
  try {
    return splitWords(text);
  } catch {
    return [""];
  }
}
