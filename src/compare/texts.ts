/** Named texts (params, packages, keys of config files) of several sides, name by name. */
import type { ComparedText } from "../domain/comparison";
import { differ } from "./values";

/** The texts of one side by name; null when the side cannot have any. */
export type Texts = Readonly<Record<string, string>> | null;

/** One entry per name that differs, with `all` one per name, in alphabetical order with numbers by their size. */
export function compareTexts(sides: readonly Texts[], all = false): ComparedText[] {
  const names = new Set(sides.flatMap((side) => Object.keys(side ?? {})));
  const compared: ComparedText[] = [];
  for (const name of names) {
    const text = compareText(
      name,
      sides.map((side) => side && (Object.hasOwn(side, name) ? side[name]! : null)),
      sides,
    );
    if (all || text.differs) compared.push(text);
  }
  return compared.sort(byName);
}

/** `sides`: where one is null, the side cannot have a value, and its null counts as no difference. */
export function compareText(name: string, values: readonly (string | null)[], sides: readonly unknown[]): ComparedText {
  const differs = differ(values.map((value, side) => (sides[side] === null ? undefined : value)));
  return { name, values: [...values], differs };
}

const collator = new Intl.Collator("en", { numeric: true });

/** "layer2" before "layer10". */
export function byName(one: { name: string }, other: { name: string }): number {
  return collator.compare(one.name, other.name) || (one.name < other.name ? -1 : 1);
}

/** The same for file paths. */
export function byPath(one: { path: string }, other: { path: string }): number {
  return collator.compare(one.path, other.path) || (one.path < other.path ? -1 : 1);
}
