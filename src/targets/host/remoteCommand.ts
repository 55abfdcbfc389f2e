/**
 * The one string that ssh hands to the login shell of the other side, whatever shell that is. It begins a POSIX shell and
 * holds no character that fish, csh or any other would read differently: csh expands `!` even in single quotes and breaks at
 * newlines, fish reads some backslashes. What the POSIX shell is to do is in octal, for `printf`.
 */
import { fsPath } from "../../ingest/spoolPath";

/** Between what login scripts print and what the program does, and after that. */
export interface Marks {
  /** On a line of its own, on both outputs, before the program starts. */
  begin: string;
  /** On the error output, before the exit code, when the program has ended. */
  end: string;
}

/** `token`: something that no login script prints. */
export const marksOf = (token: string): Marks => ({ begin: `\n<${token}>\n`, end: `\n</${token} ` });

/** `argv` arrives as it is; throws for a NUL, which no argument can hold. */
export function remoteCommand(argv: readonly string[], { begin, end }: Marks): string {
  const script = [
    `printf %s ${quote(begin)}`,
    `printf %s ${quote(begin)} >&2`,
    argv.map(quote).join(" "),
    "c=$?",
    `printf '%s%s>' ${quote(end)} "$c" >&2`,
    'exit "$c"',
  ].join("\n");
  return `exec sh -c 'eval "$(printf "${octal(script)}")"'`;
}

/** For a POSIX shell. */
export function quote(text: string): string {
  if (text.includes("\0")) throw new Error("An argument holds a NUL byte.");
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Every byte but the harmless ones as `\ooo`. */
function octal(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(fsPath(text))) {
    const character = String.fromCharCode(byte);
    encoded += /[\w ./:=,+@-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return encoded;
}
