/**
 * What the editor sees of a run that it did not start (its shell's exit code, whether its output was written down), told to
 * its recorder through a file: both may come and go without the other.
 */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";

const Word = z.object({
  /** Who looks on: more words will come. */
  watching: z.optional(z.enum(["shell", "task", "debugger"])),
  /** The number of the process that looks on: while it lives, it is waited for. */
  by: z.optional(z.int()),
  /** As the one who looks on has it; see end.ts for what it means. */
  exitCode: z.optional(z.int()),
  /** How its output came into the log; "cut": by time, out of that of several commands; "part": not to its end. */
  output: z.optional(z.enum(["whole", "cut", "part"])),
  /** Its user ended it. */
  stopped: z.optional(z.boolean()),
  /** Nothing more comes. */
  done: z.optional(z.boolean()),
});
export type Word = z.infer<typeof Word>;

/** All that was told so far, the last word of each kind. */
export type Told = Word;

/** Throws what the file system says. */
export function tell(runFolder: string, word: Word): void {
  mkdirSync(runFolder, { recursive: true });
  appendFileSync(fileIn(runFolder), `${JSON.stringify(word)}\n`, { mode: 0o600 });
}

export function readTold(runFolder: string): Told {
  let told: Told = {};
  for (const line of lines(fileIn(runFolder))) {
    try {
      told = { ...told, ...Word.parse(JSON.parse(line)) };
    } catch {
      // A torn line.
    }
  }
  return told;
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

function fileIn(runFolder: string): string {
  return join(runFolder, "told.jsonl");
}
