/** Words of a template, with what stands in braces put in. No shell has a part in it. */
import { UserError } from "../../domain/errors";

/** Texts by name; a list takes the place of a whole word: `{command...}`. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

/** Throws UserError for a name that there is not. */
export function fillIn(words: readonly string[], values: Values, target: string): string[] {
  const unknown = (name: string) =>
    new UserError(
      `The target ${target} uses {${name}}, which there is not. There are: ${Object.keys(values).join(", ")}.`,
    );
  const given = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined);
  return words.flatMap((word) => {
    const [, list] = /^\{([a-z-]+)\.\.\.\}$/.exec(word) ?? [];
    if (list !== undefined) {
      const value = given(list);
      if (!Array.isArray(value)) throw unknown(`${list}...`);
      return value as string[];
    }
    // Other braces, as in JSON, are nobody's.
    return word.replace(/\{([a-z-]+)\}/g, (_whole, name: string) => {
      const value = given(name);
      if (typeof value !== "string") throw unknown(name);
      return value;
    });
  });
}
