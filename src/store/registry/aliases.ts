/** Aliases: names for one version of a model, which can be moved to another. */
import type { Database } from "../database";
import type { ModelVersion } from "./contract";
import { needModel, needVersion, readVersions } from "./read";

export function setAlias(db: Database, name: string, alias: string, version: number): void {
  db.write(() => {
    needVersion(db, name, version);
    const sql = "INSERT INTO model_aliases VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version";
    db.run(sql, needModel(db, name), alias, version);
  });
}

export function deleteAlias(db: Database, name: string, alias: string): void {
  db.write(() => db.run("DELETE FROM model_aliases WHERE model = ? AND alias = ?", needModel(db, name), alias));
}

export function versionOfAlias(db: Database, name: string, alias: string): ModelVersion | null {
  return db.read(() => {
    const row = db.get<{ id: number }>(
      `SELECT v.id FROM model_aliases a JOIN model_versions v ON v.model = a.model AND v.version = a.version
      WHERE a.model = ? AND a.alias = ?`,
      needModel(db, name),
      alias,
    );
    return row ? readVersions(db, [row.id])[0]! : null;
  });
}
