/**
 * Whether `text` is like `pattern`, where `%` stands for anything and `_` for one character. Not by a regular expression, which
 * a pattern with many `%` can keep busy for ages: only the last `%` is ever gone back to, so that the time is bounded by the product of the lengths.
 */
export function isLike(text: string, pattern: string): boolean {
  let [at, place] = [0, 0];
  let [anything, matched] = [-1, 0];
  while (at < text.length) {
    if (pattern[place] === "%") {
      anything = place++;
      matched = at;
    } else if (place < pattern.length && (pattern[place] === "_" || pattern[place] === text[at])) {
      place++;
      at++;
    } else if (anything >= 0) {
      place = anything + 1;
      at = ++matched;
    } else return false;
  }
  while (pattern[place] === "%") place++;
  return place === pattern.length;
}
