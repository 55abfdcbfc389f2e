/** What may stand in the audit log: no secrets, nothing that is endless, and only what reads back as it was written. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../domain/canonicalJson";
import { toJson } from "../../domain/json";
import { maskText, maskValue } from "../../domain/secrets";

/** Longer texts stand there with their beginning and their hash. */
const LONGEST_TEXT = 1_000;

/** As it is written and hashed: JSON values alone, texts masked by their names and shortened. */
export function evidenceOf(values: Record<string, unknown>): Record<string, unknown> {
  const plain = JSON.parse(toJson(values)) as Record<string, unknown>;
  return cleaned("", plain) as Record<string, unknown>;
}

export const writeEvidence = (evidence: Record<string, unknown>) => canonicalJson(evidence);

function cleaned(name: string, value: unknown): unknown {
  if (typeof value === "string") return shortened(wellFormed(maskValue(name, value)));
  if (Array.isArray(value)) return value.map((item) => cleaned(name, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), cleaned(key, item)]));
}

/** A text of the log's own columns. */
export function cleanText(text: string): string {
  return shortened(wellFormed(maskText(text)).replaceAll("\0", "\ufffd"));
}

/** Half surrogates do not survive the database. */
const wellFormed = (text: string) => Buffer.from(text).toString();

function shortened(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const sha256 = createHash("sha256").update(text).digest("hex");
  return `${wellFormed(text.slice(0, LONGEST_TEXT))}… (${text.length} characters, SHA-256 ${sha256})`;
}
