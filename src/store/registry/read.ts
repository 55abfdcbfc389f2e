/** Models and versions with what belongs to them, many at once. */
import type { Database } from "../database";
import { Refusal } from "../tracking/refusal";
import type { Model, ModelVersion, Stage } from "./contract";

interface ModelRow {
  id: number;
  name: string;
  description: string;
  created: number;
  updated: number;
}

interface VersionRow {
  id: number;
  model: number;
  model_name: string;
  version: number;
  description: string;
  source: string;
  location: string;
  run: string | null;
  run_link: string;
  logged_model: string | null;
  user: string;
  stage: Stage;
  created: number;
  updated: number;
}

/** The model's number. Throws Refusal when there is none. */
export function needModel(db: Database, name: string): number {
  const row = db.get<{ id: number }>("SELECT id FROM models WHERE name = ?", name);
  if (!row) throw new Refusal("RESOURCE_DOES_NOT_EXIST", `Registered Model with name=${name} not found`);
  return row.id;
}

/** The version's number in the tables. Throws Refusal when there is none. */
export function needVersion(db: Database, name: string, version: number): number {
  const sql = "SELECT v.id FROM model_versions v JOIN models m ON m.id = v.model WHERE m.name = ? AND v.version = ?";
  const row = db.get<{ id: number }>(sql, name, version);
  if (row) return row.id;
  throw new Refusal("RESOURCE_DOES_NOT_EXIST", `Model Version (name=${name}, version=${version}) not found`);
}

/** In this order. Inside a read or a write. */
export function readModels(db: Database, ids: readonly number[]): Model[] {
  const list = JSON.stringify(ids);
  const listed = "IN (SELECT value FROM json_each(?))";
  const tags = group(db.all<Text>(`SELECT model AS of, key, value FROM model_tags WHERE model ${listed}`, list));
  const aliases = group(
    db.all<Keyed<number>>(
      `SELECT model AS of, alias AS key, version AS value FROM model_aliases WHERE model ${listed} ORDER BY model, alias`,
      list,
    ),
  );
  const latest = db.all<{ id: number; model: number }>(
    `SELECT id, model FROM (SELECT id, model, stage, row_number() OVER (PARTITION BY model, stage ORDER BY version DESC) AS place
      FROM model_versions WHERE model ${listed}) WHERE place = 1 ORDER BY id`,
    list,
  );
  const versions = readVersions(
    db,
    latest.map(({ id }) => id),
  );
  const rows = db.all<ModelRow>(`SELECT id, name, description, created, updated FROM models WHERE id ${listed}`, list);
  const byId = new Map(
    rows.map(({ id, ...row }): [number, Model] => [
      id,
      {
        ...row,
        tags: Object.fromEntries(tags.get(id) ?? []),
        aliases: Object.fromEntries(aliases.get(id) ?? []),
        latest: versions.filter((_version, index) => latest[index]!.model === id),
      },
    ]),
  );
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** In this order. Inside a read or a write. */
export function readVersions(db: Database, ids: readonly number[]): ModelVersion[] {
  const list = JSON.stringify(ids);
  const listed = "IN (SELECT value FROM json_each(?))";
  const tags = group(
    db.all<Text>(`SELECT version AS of, key, value FROM model_version_tags WHERE version ${listed}`, list),
  );
  const aliases = group(
    db.all<Text>(
      `SELECT v.id AS of, a.alias AS key, '' AS value FROM model_versions v
      JOIN model_aliases a ON a.model = v.model AND a.version = v.version WHERE v.id ${listed} ORDER BY v.id, a.alias`,
      list,
    ),
  );
  const rows = db.all<VersionRow>(
    `SELECT v.*, m.name AS model_name FROM model_versions v JOIN models m ON m.id = v.model WHERE v.id ${listed}`,
    list,
  );
  const byId = new Map(
    rows.map((row): [number, ModelVersion] => [
      row.id,
      {
        model: row.model_name,
        version: row.version,
        description: row.description,
        source: row.source,
        location: row.location || row.source,
        run: row.run,
        runLink: row.run_link,
        loggedModel: row.logged_model,
        user: row.user,
        stage: row.stage,
        created: row.created,
        updated: row.updated,
        tags: Object.fromEntries(tags.get(row.id) ?? []),
        aliases: (aliases.get(row.id) ?? []).map(([alias]) => alias),
      },
    ]),
  );
  return ids.flatMap((id) => byId.get(id) ?? []);
}

interface Keyed<T> {
  of: number;
  key: string;
  value: T;
}
type Text = Keyed<string>;

function group<T>(rows: readonly Keyed<T>[]): Map<number, [string, T][]> {
  const groups = new Map<number, [string, T][]>();
  for (const { of, key, value } of rows) {
    const entries = groups.get(of);
    if (entries) entries.push([key, value]);
    else groups.set(of, [[key, value]]);
  }
  return groups;
}
