import { createHash } from "node:crypto";

/** Another text for other packages, or another Python or machine, that they are installed for. */
export function lockKey(python: string, requirements: readonly string[]): string {
  const parts = [python, process.platform, process.arch, requirements];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
