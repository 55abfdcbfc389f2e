/** Whether two texts are the same as a person sees them. */
import { createHash } from "node:crypto";

/** SHA-256 over the text in UTF-8 with line feeds and without a byte order mark: what editors and git change unasked. */
export function digestOfText(text: string): string {
  const plain = (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).replaceAll("\r\n", "\n");
  return createHash("sha256").update(plain).digest("hex");
}
