/**
 * A text that may name files of the folder `from` in full (an argument, a list of folders), with `to` in its place. What only
 * begins with the same letters is another folder.
 */
export function replaceFolder(text: string, from: string, to: string): string {
  return text
    .split(from)
    .map((part, at) => (at === 0 || /^(?:$|[\\/:;,"'=\s])/.test(part) ? part : `\0${part}`))
    .join(to)
    .replaceAll(`${to}\0`, from);
}
