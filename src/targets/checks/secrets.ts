/** Secrets among the files of the code, which would become a part of every run's snapshot. */
import { open } from "node:fs/promises";
import path from "node:path";
import { looksSecret } from "../../recorder/listeners/pathRules";
import type { Problem } from "../contract";

const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
/** A key stands at the beginning of its file. */
const HEAD_BYTES = 4_096;
/** Names of files with keys in them that their name does not tell. */
const MAY_HOLD_KEY = /\.(?:pem|key|crt|cer|ppk|asc|txt)$|(?:^|[._-])key$/i;
const SHOWN = 5;

/** `files`: of the code, relative to `root`, with `/`. */
export async function checkSecrets(root: string, files: readonly string[]): Promise<Problem[]> {
  const found: string[] = [];
  for (const file of files) {
    if (looksSecret(file) || (MAY_HOLD_KEY.test(file) && (await holdsKey(path.join(root, file))))) found.push(file);
  }
  if (found.length === 0) return [];
  const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : "";
  const what = found.length === 1 ? "looks like a secret" : "look like secrets";
  const message = `${found.slice(0, SHOWN).join(", ")}${more} ${what}, and would be kept with the code of every run. Name them in .gitignore; what is committed already should be changed.`;
  return [{ severity: "warning", message }];
}

async function holdsKey(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return PRIVATE_KEY.test(buffer.toString("latin1", 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}
