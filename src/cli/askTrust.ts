/** Asking at the terminal whether a model may run code here. */
import { createInterface } from "node:readline/promises";
import type { AskTrust } from "../deploy/trust/trust";

/** `trust`: the user said yes on the command line. Nobody is asked where nobody can answer: then it is no. */
export function askTrust(trust: boolean | undefined): AskTrust {
  return async (question) => {
    if (trust) return true;
    if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
    } finally {
      terminal.close();
    }
  };
}
