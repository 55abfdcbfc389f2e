/** Command lines of shells, as far as they tell what an exit code is about. */

const QUOTED = /'[^']*'|"(?:\\[\s\S]|[^"\\])*"/g;
/** `2>&1`, `>&2`, `&>log`: no separate commands. */
const REDIRECTIONS = /\d*>&\d*-?|<&\d*-?|&>>?/g;

/** Whether a line is one command, whose exit code is the line's: no pipe, list, job or substitution. */
export function isOneCommand(line: string): boolean {
  // Within double quotes a substitution still is one.
  if (/[`]|\$\(/.test(line.replace(/'[^']*'/g, ""))) return false;
  const bare = line
    .trim()
    .replace(QUOTED, "q")
    .replace(/\\[\s\S]/g, "q")
    .replace(REDIRECTIONS, " ");
  return !/[|&;()\n]/.test(bare);
}
