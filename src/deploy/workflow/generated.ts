/** Files that are written for the user, and become theirs when they change them. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";

const MARK =
  "# modeltrail deploy --workflow wrote this file. Once it is changed by hand it is yours, and is not written over.";
const SUM = /^# sum: ([0-9a-f]{64})\n/m;

/** With two lines of comment before it, by which it is known again. */
export function marked(text: string): string {
  return `${MARK}\n# sum: ${sumOf(text)}\n${text}`;
}

export type Written = "new" | "changed" | "same";

/** Throws UserError for a file that is another's, or was changed by hand; then nothing is written. */
export async function checkOurs(file: string, shown: string): Promise<void> {
  const there = await readOrNull(file);
  if (there === null || isOurs(there)) return;
  throw new UserError(
    `${shown} was not written by this command, or was changed by hand since, and is left as it is. Remove it to have it written anew.`,
  );
}

/** After `checkOurs`. */
export async function writeOurs(file: string, text: string): Promise<Written> {
  const there = await readOrNull(file);
  if (there === text) return "same";
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return there === null ? "new" : "changed";
}

/** Null when there is none. */
export async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Git on Windows may have changed the ends of its lines. */
function isOurs(text: string): boolean {
  const plain = text.replaceAll("\r\n", "\n");
  const sum = SUM.exec(plain);
  return sum !== null && plain.startsWith(MARK) && sumOf(plain.slice(sum.index + sum[0].length)) === sum[1];
}

const sumOf = (text: string): string => createHash("sha256").update(text).digest("hex");
