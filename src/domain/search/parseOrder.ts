/** What a list is ordered by: `metrics.loss DESC`, one text for each key. */
import { type OrderTerm, SearchError } from "./filter";
import type { Grammar } from "./grammars";
import { parseIdentifier } from "./identifier";
import { tokenize } from "./tokens";

/** Throws SearchError, in MLflow's words. */
export function parseOrder(texts: readonly string[], grammar: Grammar): OrderTerm[] {
  const terms = texts.map((text) => parseTerm(text, grammar));
  const keys = terms.map(({ entity, key }) => `${entity}.${key}`);
  if (new Set(keys).size < keys.length) {
    throw new SearchError(`\`order_by\` contains duplicate fields: [${texts.map((text) => `'${text}'`).join(", ")}]`);
  }
  return terms;
}

function parseTerm(text: string, grammar: Grammar): OrderTerm {
  const [name, direction, ...rest] = tokenize(text);
  const words = [name, direction, ...rest].filter((token) => token !== undefined);
  if (!name || rest.length > 0 || words.some(({ kind }) => kind !== "identifier")) {
    throw new SearchError(`Invalid order_by clause '${text}'. Could not be parsed.`);
  }
  const way = direction?.text.toLowerCase() ?? "asc";
  if (way !== "asc" && way !== "desc") {
    throw new SearchError(`Invalid ordering key in order_by clause '${text}'.`);
  }
  const { entity, key, attribute } = parseIdentifier(name.text, grammar, "order");
  if (!grammar.orderable.includes(entity)) throw new SearchError(`Invalid order_by entity: ${entity}`);
  return { entity, key: attribute?.canonical ?? key, descending: way === "desc" };
}
