/** Versions of the registry's models. */
import { modelSubject } from "../../domain/audit";
import { maskText, maskValue } from "../../domain/secrets";
import type { Database } from "../database";
import type { ModelVersion, NewModelVersion, Stage } from "./contract";
import { needModel, needVersion, readVersions } from "./read";
import { refuseServed } from "./served";
import type { RegistryWriter } from "./writer";

export function createVersion({ db, audit }: RegistryWriter, version: NewModelVersion): ModelVersion {
  return audit.act(
    () => insertVersion(db, version),
    ({ model, version: number, source, run, loggedModel, description, tags }) => ({
      action: "version.register",
      subject: modelSubject(model, number),
      evidence: { source, run, loggedModel, description, tags },
    }),
  );
}

function insertVersion(db: Database, version: NewModelVersion): ModelVersion {
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
}

const MOST_ALIKE = 100;

/** See `RegistryStore.versionsLike`. */
export function versionsLike(
  db: Database,
  { loggedModels, files }: { loggedModels: readonly string[]; files: readonly string[] },
): ModelVersion[] {
  return db.read(() => {
    const rows = db.all<{ id: number }>(
      `SELECT id FROM model_versions WHERE logged_model IN (SELECT value FROM json_each(?))
      UNION SELECT version FROM version_files f WHERE sha256 IN (SELECT unhex(value) FROM json_each(?))
        AND (path = 'MLmodel'
          OR NOT EXISTS (SELECT 1 FROM version_files o WHERE o.version = f.version AND o.path = 'MLmodel'))
      ORDER BY 1 LIMIT ${MOST_ALIKE}`,
      JSON.stringify(loggedModels),
      JSON.stringify(files),
    );
    return readVersions(
      db,
      rows.map(({ id }) => id),
    );
  });
}

/** See `RegistryStore.versionsOfRun`. */
export function versionsOfRun(db: Database, run: string): ModelVersion[] {
  return db.read(() => {
    const rows = db.all<{ id: number }>("SELECT id FROM model_versions WHERE run = ? ORDER BY id DESC", run);
    return readVersions(
      db,
      rows.map(({ id }) => id),
    );
  });
}

export function findVersion(db: Database, name: string, version: number): ModelVersion | null {
  return db.read(() => {
    const sql = "SELECT v.id FROM model_versions v JOIN models m ON m.id = v.model WHERE m.name = ? AND v.version = ?";
    const row = db.get<{ id: number }>(sql, name, version);
    return row ? readVersions(db, [row.id])[0]! : null;
  });
}

export function describeVersion(
  { db, audit }: RegistryWriter,
  name: string,
  version: number,
  description: string,
): ModelVersion {
  let before = "";
  return audit.act(
    () => {
      const id = needVersion(db, name, version);
      before = readVersions(db, [id])[0]!.description;
      db.run("UPDATE model_versions SET description = ?, updated = ? WHERE id = ?", description, Date.now(), id);
      return readVersions(db, [id])[0]!;
    },
    () => ({
      action: "version.describe",
      subject: modelSubject(name, version),
      evidence: { before, after: description },
    }),
  );
}

export function setStage(
  { db, audit }: RegistryWriter,
  name: string,
  version: number,
  stage: Stage,
  archive: boolean,
): ModelVersion {
  let evidence: Record<string, unknown> = {};
  return audit.act(
    () => {
      const id = needVersion(db, name, version);
      evidence = { before: readVersions(db, [id])[0]!.stage, after: stage };
      const now = Date.now();
      if (archive) {
        const others = `UPDATE model_versions SET stage = 'Archived', updated = ? WHERE id != ? AND stage = ?
          AND model = (SELECT model FROM model_versions WHERE id = ?) RETURNING version`;
        evidence.archived = db.all<{ version: number }>(others, now, id, stage, id).map((other) => other.version);
      }
      db.run("UPDATE model_versions SET stage = ?, updated = ? WHERE id = ?", stage, now, id);
      touchModel(db, id, now);
      return readVersions(db, [id])[0]!;
    },
    () => ({ action: "version.stage", subject: modelSubject(name, version), evidence }),
  );
}

/** Aliases that name it go with it. */
export function deleteVersion({ db, audit }: RegistryWriter, name: string, version: number): void {
  audit.act(
    () => {
      const id = needVersion(db, name, version);
      refuseServed(db, name, version, "deploy another version there, or undeploy it, before it is deleted.");
      const { source, run, stage, aliases } = readVersions(db, [id])[0]!;
      touchModel(db, id, Date.now());
      db.run("DELETE FROM model_aliases WHERE model = ? AND version = ?", needModel(db, name), version);
      db.run("DELETE FROM model_versions WHERE id = ?", id);
      return { source, run, stage, aliases };
    },
    (evidence) => ({ action: "version.delete", subject: modelSubject(name, version), evidence }),
  );
}

export function setVersionTag(
  { db, audit }: RegistryWriter,
  name: string,
  version: number,
  key: string,
  value: string | null,
): void {
  audit.act(
    () => {
      const id = needVersion(db, name, version);
      const sql = "SELECT value FROM model_version_tags WHERE version = ? AND key = ?";
      const before = db.get<{ value: string }>(sql, id, key)?.value ?? null;
      if (value === null) db.run("DELETE FROM model_version_tags WHERE version = ? AND key = ?", id, key);
      else writeTag(db, id, key, value);
      return { key, before, after: value === null ? null : maskValue(key, value) };
    },
    (evidence) => ({ action: "version.tag", subject: modelSubject(name, version), evidence }),
  );
}

function writeTag(db: Database, version: number, key: string, value: string): void {
  const sql = "INSERT INTO model_version_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  db.run(sql, version, key, maskValue(key, value));
}

function touchModel(db: Database, version: number, now: number): void {
  const sql = "UPDATE models SET updated = ? WHERE id = (SELECT model FROM model_versions WHERE id = ?)";
  db.run(sql, now, version);
}
