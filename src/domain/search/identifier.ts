/** The left side of a comparison, and what is ordered by: an entity and a key. */
import { type Entity, SearchError } from "./filter";
import { type Attribute, type Grammar, pythonList } from "./grammars";
import { unquote } from "./tokens";

export interface Identifier {
  entity: Entity;
  /** As written, without quotes. */
  key: string;
  /** What is known of the attribute; undefined for other entities. */
  attribute: Attribute | undefined;
}

/** Throws SearchError for an entity or an attribute that the grammar does not know. */
export function parseIdentifier(text: string, grammar: Grammar, use: "filter" | "order"): Identifier {
  const dot = dotIn(text);
  const entity = dot < 0 ? "attribute" : entityOf(text.slice(0, dot), grammar);
  const written = text.slice(dot + 1);
  const key = unquote(written, "'\"`") ?? written;
  if (entity === "dataset" && !grammar.datasetKeys.includes(key)) {
    throw new SearchError(
      `Invalid dataset key '${key}' specified. Valid keys are '${pythonList(grammar.datasetKeys, "{}")}'`,
    );
  }
  if (entity !== "attribute") return { entity, key, attribute: undefined };
  const valid = (attribute: Attribute) => !(use === "filter" ? attribute.orderOnly : attribute.filterOnly);
  const attribute = Object.hasOwn(grammar.attributes, key) ? grammar.attributes[key] : undefined;
  if (attribute && valid(attribute)) return { entity, key, attribute };
  if (use === "order" && grammar.words.orderKey) throw new SearchError(grammar.words.orderKey(key));
  const names = Object.keys(grammar.attributes).filter((name) => valid(grammar.attributes[name]!));
  throw new SearchError(`Invalid attribute key '${key}' specified. Valid keys are '${pythonList(names, "{}")}'`);
}

/** The dot after the entity: a key in backticks or quotes may have dots of its own. */
function dotIn(text: string): number {
  const first = /^(?:`[^`]*`|"[^"]*"|[^.`"]*)/.exec(text)![0];
  return text[first.length] === "." ? first.length : -1;
}

function entityOf(written: string, grammar: Grammar): Entity {
  const word = unquote(written, "`") ?? written;
  if (Object.hasOwn(grammar.entities, word)) return grammar.entities[word]!;
  throw new SearchError(grammar.words.entity(word));
}
