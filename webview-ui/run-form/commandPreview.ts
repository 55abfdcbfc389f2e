/** The command line as it will run, to read and to copy. */
import { buildArguments, type FilledArguments } from "../../src/protocol/commandLine";
import type { ScriptArguments } from "../../src/protocol/scriptArguments";
import { joinWords } from "../../src/protocol/words";

/** Each word quoted where it must be; `command` are those in front of the arguments. Null while a quote is open. */
export function quotedWords(
  command: readonly string[],
  script: ScriptArguments,
  filled: FilledArguments,
): string[] | null {
  try {
    return [...command, ...buildArguments(script, filled)].map((word) => joinWords([word]));
  } catch {
    return null;
  }
}
