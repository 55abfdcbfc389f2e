/** Aliases: names for one version of a model, which can be moved to another. */
import { type AuditEntry, modelSubject } from "../../domain/audit";
import type { Database } from "../database";
import type { ModelVersion } from "./contract";
import { needModel, needVersion, readVersions } from "./read";
import type { RegistryWriter } from "./writer";

export function setAlias(
  { db, audit }: RegistryWriter,
  name: string,
  alias: string,
  version: number,
  evidence: AuditEntry["evidence"] = {},
): void {
  audit.act(
    () => {
      needVersion(db, name, version);
      const model = needModel(db, name);
      const before = holder(db, model, alias);
      if (before !== null && before !== version) {
        db.run("INSERT INTO former_aliases (model, alias, version) VALUES (?, ?, ?)", model, alias, before);
      }
      moveAlias(db, model, alias, version);
      return before;
    },
    (before) => ({
      action: "alias.set",
      subject: modelSubject(name, version),
      evidence: { alias, before, ...evidence },
    }),
  );
}

export function deleteAlias({ db, audit }: RegistryWriter, name: string, alias: string): void {
  audit.act(
    () => {
      const model = needModel(db, name);
      const before = holder(db, model, alias);
      db.run("DELETE FROM model_aliases WHERE model = ? AND alias = ?", model, alias);
      return before;
    },
    (before) =>
      before === null ? null : { action: "alias.delete", subject: modelSubject(name, before), evidence: { alias } },
  );
}

/** See `RegistryStore.restoreAlias`. */
export function restoreAlias({ db, audit }: RegistryWriter, name: string, alias: string): ModelVersion | null {
  let before: number | null = null;
  return audit.act(
    () => {
      const model = needModel(db, name);
      before = holder(db, model, alias);
      const former = db.get<{ seq: number; version: number; id: number }>(
        `SELECT f.seq, f.version, v.id FROM former_aliases f JOIN model_versions v ON v.model = f.model AND v.version = f.version
        WHERE f.model = ? AND f.alias = ? AND f.version IS NOT ? AND v.stage != 'Archived' ORDER BY f.seq DESC LIMIT 1`,
        model,
        alias,
        before,
      );
      // Those after it, and itself, are not former any more.
      const sql = "DELETE FROM former_aliases WHERE model = ? AND alias = ? AND seq >= ?";
      db.run(sql, model, alias, former?.seq ?? 0);
      if (former) moveAlias(db, model, alias, former.version);
      else db.run("DELETE FROM model_aliases WHERE model = ? AND alias = ?", model, alias);
      return former ? readVersions(db, [former.id])[0]! : null;
    },
    (now) => {
      if (now) {
        return {
          action: "alias.set",
          subject: modelSubject(name, now.version),
          evidence: { alias, before, restored: true },
        };
      }
      if (before === null) return null;
      return { action: "alias.delete", subject: modelSubject(name, before), evidence: { alias } };
    },
  );
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

function holder(db: Database, model: number, alias: string): number | null {
  const sql = "SELECT version FROM model_aliases WHERE model = ? AND alias = ?";
  return db.get<{ version: number }>(sql, model, alias)?.version ?? null;
}

function moveAlias(db: Database, model: number, alias: string, version: number): void {
  const sql = "INSERT INTO model_aliases VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version";
  db.run(sql, model, alias, version);
}
