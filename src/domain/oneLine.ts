/** Texts of the user where one line has room, among other texts. */

const MOST_CHARACTERS = 300;
/** Control characters, and marks of direction, which turn around what stands beside them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One line of a text of any length, without what would turn around or hide what stands beside it: that is shown as "�". */
export function oneLine(text: string, most = MOST_CHARACTERS): string {
  const line = text.slice(0, most + 1).replace(/[\n\r\t\u2028\u2029]+/g, " ");
  const shown = line.replace(UNSEEN, "\ufffd");
  return text.length > most ? `${shown.slice(0, most)}…` : shown;
}
