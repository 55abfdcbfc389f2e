/** Reading a JSON schema for what may stand at a place of a document. Of the standard, what zod writes is understood. */

export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  examples?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: boolean | JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}

/** How deep alternatives of alternatives are followed: a schema may name itself. */
const DEEPEST = 8;

/** The schemas of which one may describe what stands at `path` of `document`, each without alternatives of its own. */
export function schemasAt(top: JsonSchema, path: readonly PropertyKey[], document: unknown): JsonSchema[] {
  let schemas = alternatives(top, top, document);
  let value = document;
  for (const key of path) {
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
    schemas = schemas.flatMap((schema) => {
      const inner = below(schema, key);
      return inner ? alternatives(top, inner, value) : [];
    });
  }
  return schemas;
}

function below({ properties, additionalProperties, items }: JsonSchema, key: PropertyKey): JsonSchema | undefined {
  if (typeof key === "number") return typeof items === "object" ? items : undefined;
  const own = properties && Object.hasOwn(properties, key) ? properties[String(key)] : undefined;
  return own ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
}

/** Those among a schema's alternatives that the value does not speak against by a constant or pattern it has. */
function alternatives(top: JsonSchema, schema: JsonSchema, value: unknown, depth = 0): JsonSchema[] {
  if (depth > DEEPEST) return [];
  if (schema.$ref) {
    const named = definition(top, schema.$ref);
    return named ? alternatives(top, { ...named, ...withoutRef(schema) }, value, depth + 1) : [];
  }
  const inner = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (!inner) return isPossible(schema, value) ? [schema] : [];
  const { description, default: standard } = schema;
  const told = { ...(description && { description }), ...(standard !== undefined && { default: standard }) };
  return inner.flatMap((one) => alternatives(top, { ...told, ...one }, value, depth + 1));
}

function withoutRef({ $ref, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

function definition(top: JsonSchema, ref: string): JsonSchema | undefined {
  if (ref === "#") return top;
  return top.$defs?.[ref.replace(/^#\/\$defs\//, "")];
}

function isPossible({ properties }: JsonSchema, value: unknown): boolean {
  if (!properties || typeof value !== "object" || value === null) return true;
  return Object.entries(properties).every(([key, schema]) => {
    const values = schema.const === undefined ? schema.enum : [schema.const];
    const given = (value as Record<string, unknown>)[key];
    // What is not written yet speaks against nothing.
    if (given === undefined || given === null) return true;
    if (values) return values.includes(given);
    return schema.pattern === undefined || new RegExp(schema.pattern, "u").test(String(given));
  });
}

/** Words that may stand as a value of this schema. */
export function valuesOf({ const: only, enum: several, type, examples, default: standard }: JsonSchema): unknown[] {
  if (only !== undefined) return [only];
  if (several) return several;
  if (type === "boolean") return [true, false];
  return [...new Set([...(examples ?? []), ...(standard === undefined ? [] : [standard])])];
}

/** What a value of this schema is, for people: "a text", "a list". */
export function typeInWords({ type, enum: several, const: only }: JsonSchema): string {
  const values = only === undefined ? several : [only];
  if (values) return values.map((value) => `\`${String(value)}\``).join(", ");
  const names = (Array.isArray(type) ? type : type ? [type] : []).map((name) => TYPE_NAMES[name] ?? name);
  return names.join(" or ");
}

const TYPE_NAMES: Record<string, string> = {
  string: "text",
  integer: "whole number",
  array: "list",
  object: "mapping",
  boolean: "`true` or `false`",
};
