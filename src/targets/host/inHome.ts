/** `argv`, started in the user's home folder there, so that words that begin with `~/` are found. */
export function inHome(argv: readonly string[]): string[] {
  return ["sh", "-c", 'cd && exec "$@"', "sh", ...argv.map(fromHome)];
}

/** `~/x` as a path from the home folder. */
const fromHome = (word: string) => (word === "~" ? "." : word.replace(/^~\//, "./"));
