/**
 * What filters and orders of each kind of thing may name, and how MLflow words what is wrong with them. Source: MLflow's
 * search documentation and the behaviour of its server 3.17.
 */
import type { Comparison, Entity, Operator } from "./filter";

export interface Attribute {
  type: "text" | "number";
  /** The name that stands in the parsed filter; absent: its own. */
  canonical?: string;
  /** May be compared with a list. */
  lists?: boolean;
  /** Not for orders. */
  filterOnly?: boolean;
  /** Not for filters. */
  orderOnly?: boolean;
}

export interface Grammar {
  /** Entities by the words before the dot. */
  entities: Readonly<Record<string, Entity>>;
  attributes: Readonly<Record<string, Attribute>>;
  /** Keys that the entity "dataset" has. */
  datasetKeys: readonly string[];
  /** Entities that may be compared with IS NULL. */
  nullable: readonly Entity[];
  /** Entities that can be ordered by. */
  orderable: readonly Entity[];
  /** Entities that have texts and may still be compared with numbers; a text that is no number then never matches. */
  numbers?: readonly Entity[];
  /** A word without quotes is a text; a number is one too. */
  looseTexts: boolean;
  words: Words;
}

/** MLflow's sentences, which differ from one kind of thing to the next. */
export interface Words {
  clauses(filter: string, clauses: string[]): string;
  entity(word: string): string;
  operator(comparison: Pick<Comparison, "entity" | "key">, operator: string, valid: readonly Operator[]): string;
  nulls(entity: Entity, key: string): string;
  /** What was found where a text or a number was due. */
  value(entity: Entity, key: string, found: string): string;
  /** A key that is ordered by and is none; absent: as for filters. */
  orderKey?(key: string): string;
}

/** As MLflow calls it. */
export function entityName(entity: Entity): string {
  return entity === "param" ? "parameter" : entity;
}

/** As Python shows a list of texts. */
export function pythonList(texts: readonly string[], brackets = "[]"): string {
  return `${brackets[0]}${texts.map((text) => `'${text}'`).join(", ")}${brackets[1]}`;
}

/** As Python shows a text. */
function pythonText(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}

export const RUN_ENTITIES: Record<string, Entity> = {
  metric: "metric",
  metrics: "metric",
  parameter: "param",
  parameters: "param",
  param: "param",
  params: "param",
  tag: "tag",
  tags: "tag",
  attribute: "attribute",
  attributes: "attribute",
  attr: "attribute",
  run: "attribute",
  dataset: "dataset",
  datasets: "dataset",
};

export const RUN_WORDS: Words = {
  clauses: (_filter, clauses) => `Invalid clause(s) in filter string: ${pythonList(clauses).slice(1, -1)}`,
  entity: (word) =>
    `Invalid entity type '${word}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']`,
  operator: (_comparison, operator, valid) =>
    `Invalid comparator '${operator}' not one of '${pythonList(valid, "{}")}'`,
  nulls: (entity, key) =>
    `IS NULL / IS NOT NULL is only supported for tags and params, not for '${entityName(entity)}' '${key}'`,
  value: (entity, key, found) => runValue(entity, key, found),
};

function runValue(entity: Entity, key: string, found: string): string {
  if (entity === "metric") return `Expected numeric value type for metric. Found ${found}`;
  if (entity === "dataset") return `Expected a quoted string value for dataset attributes. Got value ${found}`;
  if (entity !== "attribute")
    return `Expected a quoted string value for ${entityName(entity)} (e.g. 'my-value'). Got value ${found}`;
  return RUNS.attributes[key]?.type === "number" || EXPERIMENTS.attributes[key]?.type === "number"
    ? `Expected numeric value type for numeric attribute: ${key}. Found ${found}`
    : `Expected a quoted string value for attributes. Got value ${found}`;
}

export const RUNS: Grammar = {
  entities: RUN_ENTITIES,
  attributes: {
    run_id: { type: "text", lists: true },
    run_name: { type: "text" },
    "run name": { type: "text", canonical: "run_name", filterOnly: true },
    "Run name": { type: "text", canonical: "run_name", filterOnly: true },
    "Run Name": { type: "text", canonical: "run_name", filterOnly: true },
    user_id: { type: "text" },
    status: { type: "text" },
    artifact_uri: { type: "text" },
    start_time: { type: "number" },
    end_time: { type: "number" },
    created: { type: "number", canonical: "start_time" },
    Created: { type: "number", canonical: "start_time" },
  },
  datasetKeys: ["name", "digest", "context"],
  nullable: ["tag", "param"],
  orderable: ["attribute", "metric", "param", "tag"],
  looseTexts: false,
  words: RUN_WORDS,
};

const TAG_ENTITIES: Record<string, Entity> = { attribute: "attribute", tag: "tag", tags: "tag" };

const TAG_WORDS: Words = {
  ...RUN_WORDS,
  clauses: (_filter, clauses) => `Invalid clause(s) in filter string: ${clauses.join(", ")}`,
  entity: (word) => `Invalid entity type '${word}'. Valid entity types are ('attribute', 'tag', 'tags')`,
  nulls: (_entity, key) => `IS NULL / IS NOT NULL is only supported for tags, not for attribute '${key}'`,
};

const ONLY_TAGS = {
  entities: TAG_ENTITIES,
  datasetKeys: [],
  orderable: ["attribute"],
  looseTexts: false,
} satisfies Partial<Grammar>;

export const EXPERIMENTS: Grammar = {
  ...ONLY_TAGS,
  attributes: {
    name: { type: "text" },
    experiment_id: { type: "text", lists: true },
    creation_time: { type: "number" },
    last_update_time: { type: "number" },
  },
  nullable: ["tag"],
  words: {
    ...TAG_WORDS,
    operator: ({ entity, key }, operator, valid) => {
      if (entity === "tag") return `Invalid comparator for tag: ${operator}`;
      if (key === "experiment_id") return `Invalid comparator for experiment_id: ${operator}`;
      return RUN_WORDS.operator({ entity, key }, operator, valid);
    },
  },
};

/** Sentences about models and their versions. */
const MODEL_WORDS: Words = {
  ...TAG_WORDS,
  operator: ({ entity }, operator) => `Invalid comparator for ${entity}: ${operator}`,
  nulls: () => "Invalid comparison clause. Expected 3 tokens found 2",
  value: (entity, key, found) =>
    entity === "tag"
      ? runValue(entity, key, found)
      : `Expected a quoted string value or a list of quoted string values for attributes. Got value ${found}`,
};

export const MODELS: Grammar = {
  ...ONLY_TAGS,
  attributes: {
    name: { type: "text", lists: true },
    timestamp: { type: "number", canonical: "last_updated_timestamp", orderOnly: true },
    last_updated_timestamp: { type: "number", orderOnly: true },
  },
  nullable: [],
  words: {
    ...MODEL_WORDS,
    orderKey: (key) => `Invalid order by key '${key}' specified. Valid keys are '{'name', 'timestamp'}'`,
  },
};

export const MODEL_VERSIONS: Grammar = {
  ...ONLY_TAGS,
  attributes: {
    name: { type: "text", lists: true },
    version_number: { type: "number" },
    run_id: { type: "text", lists: true, filterOnly: true },
    source_path: { type: "text", filterOnly: true },
    creation_timestamp: { type: "number", orderOnly: true },
    last_updated_timestamp: { type: "number", orderOnly: true },
  },
  nullable: [],
  words: {
    ...MODEL_WORDS,
    value: (entity, key, found) => {
      if (key === "version_number" && entity === "attribute")
        return `Invalid value for numeric attribute '${key}': ${found}`;
      return /^[-+.\d]/.test(found) && entity === "attribute"
        ? "Only the '{'version_number', 'creation_timestamp', 'last_updated_timestamp'}' attributes support comparison with numeric values."
        : MODEL_WORDS.value(entity, key, found);
    },
  },
};

const LOGGED_MODEL_ENTITIES = {
  attributes: "attribute",
  metrics: "metric",
  params: "param",
  tags: "tag",
} as const;

export const LOGGED_MODELS: Grammar = {
  entities: LOGGED_MODEL_ENTITIES,
  attributes: {
    model_id: { type: "text", lists: true },
    name: { type: "text", lists: true },
    model_type: { type: "text", lists: true },
    status: { type: "text", lists: true },
    source_run_id: { type: "text", lists: true },
    experiment_id: { type: "text", lists: true },
    creation_timestamp: { type: "number" },
    creation_timestamp_ms: { type: "number", canonical: "creation_timestamp" },
    creation_time: { type: "number", canonical: "creation_timestamp" },
    last_updated_timestamp: { type: "number" },
    last_updated_timestamp_ms: { type: "number", canonical: "last_updated_timestamp" },
  },
  datasetKeys: [],
  nullable: [],
  orderable: ["attribute", "metric"],
  looseTexts: true,
  words: {
    clauses: (filter) =>
      `Invalid filter string: ${pythonText(filter)}. Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').`,
    entity: (word) =>
      `Invalid entity type: '${word}'. Expected one of ${pythonList(Object.keys(LOGGED_MODEL_ENTITIES))}.`,
    operator: ({ entity, key }, operator, valid) =>
      `Invalid comparison operator for ${entity}s.${key}: '${operator}'. Expected one of ${pythonList(valid, "()")}.`,
    nulls: (entity, key) => `Invalid comparison: ${entity}s.${key}IS NULL. Expected a comparison with 3 tokens.`,
    value: (entity, key, found) => `Expected a number for ${entity}s.${key}. Found ${found}`,
  },
};

const TRACE_ENTITIES: Record<string, Entity> = {
  tag: "tag",
  tags: "tag",
  attribute: "attribute",
  attributes: "attribute",
  trace: "attribute",
  // What a trace is made with, and cannot be changed: its params.
  metadata: "param",
  request_metadata: "param",
};

export const TRACES: Grammar = {
  entities: TRACE_ENTITIES,
  attributes: {
    request_id: { type: "text", lists: true },
    trace_id: { type: "text", canonical: "request_id", lists: true },
    client_request_id: { type: "text", lists: true, filterOnly: true },
    name: { type: "text", lists: true },
    status: { type: "text", lists: true },
    run_id: { type: "text", lists: true, filterOnly: true },
    experiment_id: { type: "text", orderOnly: true },
    timestamp: { type: "number" },
    timestamp_ms: { type: "number", canonical: "timestamp" },
    execution_time: { type: "number" },
    execution_time_ms: { type: "number", canonical: "execution_time" },
    end_time: { type: "number" },
    end_time_ms: { type: "number", canonical: "end_time" },
  },
  datasetKeys: [],
  nullable: ["tag", "param"],
  orderable: ["attribute", "tag", "param"],
  looseTexts: false,
  words: {
    ...RUN_WORDS,
    entity: (word) => `Invalid entity type '${word}'. Valid values are ['tag', 'request_metadata', 'attribute']`,
    value: (entity, key, found) =>
      entity === "attribute" && TRACES.attributes[key]?.type === "number"
        ? `Expected numeric value type for numeric attribute: ${key}. Found ${found}`
        : runValue(entity, key, found),
  },
};
