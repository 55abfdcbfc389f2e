/** Searching models and versions. */
import { type Comparison, comparisonsOf, type Filter, type OrderTerm } from "../../domain/search/filter";
import type { Database } from "../database";
import type { Condition } from "../filter";
import { conditionOf, type Target } from "../search/condition";
import { findPage } from "../search/findPage";
import { orderOf } from "../search/order";
import type { Model, ModelVersion, RegistrySearch } from "./contract";
import { PROMPT_TAG } from "./models";
import { readModels, readVersions } from "./read";

const tagPart = (table: string, of: string, id: string) => (key: string) => ({
  table,
  match: (alias: string) => `${alias}.${of} = ${id} AND ${alias}.key = ?`,
  values: [key],
  column: "value",
});

const MODELS: Target = {
  attributes: { name: { sql: "m.name" }, last_updated_timestamp: { sql: "m.updated" } },
  parts: { tag: tagPart("model_tags", "model", "m.id") },
};

const VERSIONS: Target = {
  attributes: {
    name: { sql: "m.name" },
    version_number: { sql: "v.version" },
    run_id: { sql: "v.run" },
    source_path: { sql: "v.source" },
    creation_timestamp: { sql: "v.created" },
    last_updated_timestamp: { sql: "v.updated" },
  },
  parts: { tag: tagPart("model_version_tags", "version", "v.id") },
};

const by = (key: string, descending = false): OrderTerm => ({ entity: "attribute", key, descending });

/** By name, unless told otherwise. Throws SearchError. */
export function searchModels(db: Database, search: RegistrySearch): { models: Model[]; next: string | null } {
  const prompts = "EXISTS (SELECT 1 FROM model_tags p WHERE p.model = m.id AND p.key = ? AND p.value = 'true')";
  return db.read(() => {
    const { ids, next } = findPage<number>(db, {
      id: "m.id",
      from: "models m",
      conditions: conditionsOf(search.filter, MODELS, prompts),
      order: orderOf(search.order, [by("name")], MODELS),
      limit: search.limit,
      token: search.token,
    });
    return { models: readModels(db, ids), next };
  });
}

/** The one that was changed last first, unless told otherwise. Throws SearchError. */
export function searchVersions(
  db: Database,
  search: RegistrySearch,
): { versions: ModelVersion[]; next: string | null } {
  const prompts = `v.model IN (SELECT o.model FROM model_version_tags p JOIN model_versions o ON o.id = p.version
    WHERE p.key = ? AND p.value = 'true')`;
  const order = search.order.length > 0 ? search.order : [by("last_updated_timestamp", true)];
  return db.read(() => {
    const { ids, next } = findPage<number>(db, {
      id: "v.id",
      from: "model_versions v JOIN models m ON m.id = v.model",
      conditions: conditionsOf(search.filter, VERSIONS, prompts),
      order: orderOf(order, [by("name"), by("version_number", true)], VERSIONS),
      limit: search.limit,
      token: search.token,
    });
    return { versions: readVersions(db, ids), next };
  });
}

/** Without prompts, unless the filter asks for them. */
function conditionsOf(filter: Filter, target: Target, prompts: string): Condition[] {
  const asked = comparisonsOf(filter).find(isAboutPrompts);
  const value = String(asked?.value).toLowerCase();
  if (asked && value === (asked.operator === "=" ? "true" : "false") && ["=", "!="].includes(asked.operator)) {
    return [conditionOf(filter, target)];
  }
  const terms = filter.kind === "all" ? filter.terms : [filter];
  const others = terms.filter((term) => term.kind !== "comparison" || !isAboutPrompts(term));
  return [conditionOf({ kind: "all", terms: others }, target), { sql: `NOT ${prompts}`, values: [PROMPT_TAG] }];
}

function isAboutPrompts({ entity, key }: Comparison): boolean {
  return entity === "tag" && key === PROMPT_TAG;
}
