/** The token that callers of an endpoint show. It is in a file that only the user can read, and nowhere in the database. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deploymentFolder } from "./deploymentFolder";

const BYTES = 32;

/** That of the deployment, made if there is none yet. `folder`: the store's. */
export function deploymentToken(folder: string, name: string): string {
  const file = join(deploymentFolder(folder, name), "token");
  if (!existsSync(file)) writeFileSync(file, randomBytes(BYTES).toString("base64url"), { mode: 0o600, flag: "wx" });
  return readFileSync(file, "utf8").trim();
}
