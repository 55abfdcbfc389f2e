/** Versions of the registry's models. */
import { maskText, maskValue } from "../../domain/secrets";
import type { Database } from "../database";
import type { ModelVersion, NewModelVersion, Stage } from "./contract";
import { needModel, needVersion, readVersions } from "./read";

export function createVersion(db: Database, version: NewModelVersion): ModelVersion {
  return db.write(() => {
    const model = needModel(db, version.model);
    const now = Date.now();
    const { last_version: number } = db.get<{ last_version: number }>(
      "UPDATE models SET last_version = last_version + 1, updated = ? WHERE id = ? RETURNING last_version",
      now,
      model,
    )!;
    const { id } = db.get<{ id: number }>(
      `INSERT INTO model_versions (model, version, description, source, location, run, run_link, logged_model, user, stage,
        status, created, updated)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 'None', 'READY', ?, ?) RETURNING id`,
      model,
      number,
      version.description,
      maskText(version.source),
      maskText(version.location),
      version.run,
      maskText(version.runLink),
      version.loggedModel,
      now,
      now,
    )!;
    for (const [key, value] of Object.entries(version.tags)) writeTag(db, id, key, value);
    return readVersions(db, [id])[0]!;
  });
}

export function findVersion(db: Database, name: string, version: number): ModelVersion | null {
  return db.read(() => {
    const sql = "SELECT v.id FROM model_versions v JOIN models m ON m.id = v.model WHERE m.name = ? AND v.version = ?";
    const row = db.get<{ id: number }>(sql, name, version);
    return row ? readVersions(db, [row.id])[0]! : null;
  });
}

export function describeVersion(db: Database, name: string, version: number, description: string): ModelVersion {
  return db.write(() => {
    const id = needVersion(db, name, version);
    db.run("UPDATE model_versions SET description = ?, updated = ? WHERE id = ?", description, Date.now(), id);
    return readVersions(db, [id])[0]!;
  });
}

export function setStage(db: Database, name: string, version: number, stage: Stage, archive: boolean): ModelVersion {
  return db.write(() => {
    const id = needVersion(db, name, version);
    const now = Date.now();
    const of = "model = (SELECT model FROM model_versions WHERE id = ?)";
    if (archive) {
      const others = `UPDATE model_versions SET stage = 'Archived', updated = ? WHERE ${of} AND id != ? AND stage = ?`;
      db.run(others, now, id, id, stage);
    }
    db.run("UPDATE model_versions SET stage = ?, updated = ? WHERE id = ?", stage, now, id);
    touchModel(db, id, now);
    return readVersions(db, [id])[0]!;
  });
}

/** Aliases that name it go with it. */
export function deleteVersion(db: Database, name: string, version: number): void {
  db.write(() => {
    const id = needVersion(db, name, version);
    touchModel(db, id, Date.now());
    db.run("DELETE FROM model_aliases WHERE model = ? AND version = ?", needModel(db, name), version);
    db.run("DELETE FROM model_versions WHERE id = ?", id);
  });
}

export function setVersionTag(db: Database, name: string, version: number, key: string, value: string | null): void {
  db.write(() => {
    const id = needVersion(db, name, version);
    if (value === null) db.run("DELETE FROM model_version_tags WHERE version = ? AND key = ?", id, key);
    else writeTag(db, id, key, value);
  });
}

function writeTag(db: Database, version: number, key: string, value: string): void {
  const sql = "INSERT INTO model_version_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  db.run(sql, version, key, maskValue(key, value));
}

function touchModel(db: Database, version: number, now: number): void {
  const sql = "UPDATE models SET updated = ? WHERE id = (SELECT model FROM model_versions WHERE id = ?)";
  db.run(sql, now, version);
}
