/** Before a command line: a shell finds out where home is, for arguments arrive as they are. */
export const IN_HOME = ["sh", "-c", 'cd && exec "$@"', "sh"];

/** `argv`, started in the user's home folder there, so that words that begin with `~/` are found. */
export function inHome(argv: readonly string[]): string[] {
  return [...IN_HOME, ...argv.map(fromHome)];
}

/** `~/x` relative to the folder that commands start in. */
export function fromHome(word: string): string {
  return word === "~" ? "." : word.replace(/^~\//, "./");
}
