import type { HeadColumn } from "./headProfile";

const KEY_NAME = /(^|[^a-z])(id|ids|uuid|guid|key|index|pk|hash|sha256|md5)$|[a-z](Id|ID|Key)$|^Unnamed: 0$/;

/**
 * The column by which rows are to be matched: one whose values are all different in the first rows of both tables, by
 * preference one with the name of a key, else the first; null without one. Whether they are different everywhere shows later.
 */
export function findKey(before: readonly HeadColumn[], after: readonly HeadColumn[]): string | null {
  const isUniqueAfter = new Set(after.filter(({ isUnique }) => isUnique).map(({ name }) => name));
  const both = before.filter(({ name, isUnique }) => isUnique && isUniqueAfter.has(name)).map(({ name }) => name);
  return both.find((name) => KEY_NAME.test(name) || KEY_NAME.test(name.toLowerCase())) ?? both[0] ?? null;
}
