/** Logged models: made, found, changed. */
import { randomBytes } from "node:crypto";
import { makeRunName } from "../../domain/runName";
import { maskValue } from "../../domain/secrets";
import type { Database } from "../database";
import { touchRun } from "../revision";
import { need, secureDefault } from "../tracking/experiments";
import { Refusal } from "../tracking/refusal";
import type { LoggedModel, LoggedModelStatus, LoggedModelStore, NewLoggedModel } from "./contract";
import { readModels } from "./read";
import { searchLoggedModels } from "./search";

export function makeLoggedModels(db: Database): LoggedModelStore {
  return {
    create: (model) => createModel(db, model),
    get: (id) => db.read(() => readModels(db, [id])[0] ?? null),
    setStatus: (id, status) => setStatus(db, id, status),
    addParams: (id, params) => addParams(db, id, params),
    setTags: (id, tags) =>
      db.write(() => {
        writeTags(db, needModel(db, id), tags);
        touch(db, id);
      }),
    deleteTag: (id, key) => deleteTag(db, id, key),
    delete: (id) =>
      db.write(() => {
        const seq = needModel(db, id);
        db.run("UPDATE logged_models SET deleted = coalesce(deleted, ?) WHERE seq = ?", Date.now(), seq);
        touch(db, id);
      }),
    search: (search) => searchLoggedModels(db, search),
  };
}

function createModel(db: Database, model: NewLoggedModel): LoggedModel {
  return db.write(() => {
    if (model.experiment === 0) secureDefault(db);
    const { deleted } = need(db, model.experiment);
    if (deleted !== null) {
      const state = `The experiment ${model.experiment} must be in the 'active' state. Current state is deleted.`;
      throw new Refusal("INVALID_PARAMETER_VALUE", state);
    }
    const id = `m-${randomBytes(16).toString("hex")}`;
    const now = Date.now();
    const { seq } = db.get<{ seq: number }>(
      `INSERT INTO logged_models (id, experiment, name, run, type, status, created, updated)
      VALUES (?, ?, ?, ?, ?, 'PENDING', ?, ?) RETURNING seq`,
      id,
      model.experiment,
      model.name ?? makeRunName(),
      model.run,
      model.type,
      now,
      now,
    )!;
    writeParams(db, seq, model.params);
    writeTags(db, seq, model.tags);
    touch(db, id);
    return readModels(db, [id])[0]!;
  });
}

function setStatus(db: Database, id: string, status: LoggedModelStatus): LoggedModel {
  return db.write(() => {
    db.run("UPDATE logged_models SET status = ? WHERE seq = ?", status, needModel(db, id));
    touch(db, id);
    return readModels(db, [id])[0]!;
  });
}

function addParams(db: Database, id: string, params: Record<string, string>): void {
  db.write(() => {
    writeParams(db, needModel(db, id), params);
    touch(db, id);
  });
}

function deleteTag(db: Database, id: string, key: string): void {
  db.write(() => {
    const seq = needModel(db, id);
    if (db.run("DELETE FROM logged_model_tags WHERE model = ? AND key = ?", seq, key) === 0) {
      throw new Refusal("RESOURCE_DOES_NOT_EXIST", `No tag with key '${key}' found for model with ID '${id}'.`);
    }
    touch(db, id);
  });
}

/** The number of a model that is not deleted. Throws Refusal when there is none. */
function needModel(db: Database, id: string): number {
  const row = db.get<{ seq: number }>("SELECT seq FROM logged_models WHERE id = ? AND deleted IS NULL", id);
  if (!row) throw new Refusal("RESOURCE_DOES_NOT_EXIST", `Logged model with ID '${id}' not found.`);
  return row.seq;
}

function writeParams(db: Database, seq: number, params: Record<string, string>): void {
  for (const [key, value] of Object.entries(params)) {
    db.run("INSERT OR IGNORE INTO logged_model_params VALUES (?, ?, ?)", seq, key, maskValue(key, value));
  }
}

function writeTags(db: Database, seq: number, tags: Record<string, string>): void {
  const sql = "INSERT INTO logged_model_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  for (const [key, value] of Object.entries(tags)) db.run(sql, seq, key, maskValue(key, value));
}

/** Views learn of a change through the run that made the model. */
function touch(db: Database, id: string): void {
  const sql =
    "UPDATE logged_models SET updated = ? WHERE id = ? RETURNING (SELECT seq FROM runs r WHERE r.id = run) AS run";
  const { run } = db.get<{ run: number | null }>(sql, Date.now(), id)!;
  if (run !== null) touchRun(db, run);
}
