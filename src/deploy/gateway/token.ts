/** Whether a caller shows the token that is asked for. What is kept is its hash: a token of 256 random bits cannot be guessed back. */
import { createHash, timingSafeEqual } from "node:crypto";

export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** `authorization`: the header, "Bearer TOKEN". In a time that does not depend on where they differ. */
export function knowsToken(authorization: string | undefined, hash: string): boolean {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(Buffer.from(hashToken(given), "hex"), Buffer.from(hash, "hex"));
}
