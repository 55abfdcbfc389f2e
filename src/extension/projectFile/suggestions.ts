/** What may be written at the cursor, and what a key means. Pure over the text and the schema. */
import { type Cursor, cursorAt, type Place, pathAt } from "./cursor";
import { type JsonSchema, schemasAt, typeInWords, valuesOf } from "./schema";

export interface Suggestion {
  label: string;
  kind: "key" | "value";
  /** With $0 where the cursor is to be. */
  snippet: string;
  detail: string;
  documentation: string;
  /** Has to be there. */
  required: boolean;
  /** Characters before the cursor that it takes the place of, and behind it. */
  typed: number;
  rest: number;
}

export function suggestionsAt(text: string, offset: number, schema: JsonSchema): Suggestion[] {
  const cursor = cursorAt(text, offset);
  if (!cursor) return [];
  const { at, path, document, typed, rest } = cursor;
  const schemas = schemasAt(schema, path, document);
  if (at === "key") return keys(schemas, schema, cursor);
  const names = namesFor(path, document);
  const values = [...names, ...schemas.flatMap(valuesOf)].filter(
    (value) => value !== null && typeof value !== "object",
  );
  return [...new Set(values.map(String))].map((label) => ({
    label,
    kind: "value",
    snippet: escapeSnippet(label),
    detail: "",
    documentation: schemas.find(({ description }) => description)?.description ?? "",
    required: false,
    typed,
    rest,
  }));
}

function keys(schemas: JsonSchema[], top: JsonSchema, cursor: Cursor): Suggestion[] {
  const { path, document, siblings, typed, rest } = cursor;
  const found = new Map<string, Suggestion>();
  for (const { properties = {}, required = [] } of schemas) {
    for (const key of Object.keys(properties)) {
      if (siblings.includes(key) || found.has(key)) continue;
      const inner = schemasAt(top, [...path, key], document).filter(({ type }) => type !== "null");
      found.set(key, {
        label: key,
        kind: "key",
        snippet: `${key}:${afterKey(inner)}`,
        detail: [...new Set(inner.map(typeInWords))].filter(Boolean).join(", or "),
        documentation: inner.find(({ description }) => description)?.description ?? "",
        required: required.includes(key),
        typed,
        rest,
      });
    }
  }
  return [...found.values()];
}

function afterKey(schemas: readonly JsonSchema[]): string {
  const types = new Set(schemas.map(({ type }) => type));
  if (types.size === 1 && types.has("object")) return "\n  $0";
  if (types.size === 1 && types.has("array")) return "\n  - $0";
  const values = schemas.flatMap(valuesOf);
  return values.length === 1 ? ` ${escapeSnippet(String(values[0]))}$0` : " $0";
}

const escapeSnippet = (text: string) => text.replaceAll(/[\\$}]/g, "\\$&");

/** Where a target is named, those that the file has. */
function namesFor(path: readonly PropertyKey[], document: unknown): string[] {
  if (path.length !== 3 || path[0] !== "entries" || path[2] !== "target") return [];
  const { targets } = (document ?? {}) as { targets?: unknown };
  return ["local", ...Object.keys(typeof targets === "object" && targets ? targets : {})];
}

export interface Explanation {
  place: Place;
  /** Markdown. */
  text: string;
}

/** Null where there is nothing to explain. */
export function explanationAt(text: string, offset: number, schema: JsonSchema): Explanation | null {
  const found = pathAt(text, offset);
  if (!found || found.path.length === 0) return null;
  const schemas = schemasAt(schema, found.path, found.document).filter(({ type }) => type !== "null");
  const description = schemas.find((one) => one.description)?.description;
  const types = [...new Set(schemas.map(typeInWords))].filter(Boolean).join(", or ");
  const standard = schemas.find((one) => one.default !== undefined)?.default;
  const parts = [
    description,
    types && `*${types}*`,
    standard === undefined ? undefined : `Default: \`${JSON.stringify(standard)}\``,
  ];
  const shown = parts.filter(Boolean).join("\n\n");
  return shown === "" ? null : { place: found.place, text: shown };
}
