/** Models of the registry. */
import { modelSubject } from "../../domain/audit";
import { maskValue } from "../../domain/secrets";
import type { Database } from "../database";
import { Refusal } from "../tracking/refusal";
import type { Model } from "./contract";
import { needModel, readModels } from "./read";
import { refuseServed, renameInDeployments } from "./served";
import type { RegistryWriter } from "./writer";

/** MLflow keeps prompts among the models, told apart by this tag. */
export const PROMPT_TAG = "mlflow.prompt.is_prompt";

export function createModel(
  { db, audit }: RegistryWriter,
  { name, description, tags }: Pick<Model, "name" | "description" | "tags">,
): Model {
  return audit.act(
    () => {
      refuseTaken(db, name, tags[PROMPT_TAG] === "true");
      const now = Date.now();
      const sql = "INSERT INTO models (name, description, created, updated) VALUES (?, ?, ?, ?) RETURNING id";
      const { id } = db.get<{ id: number }>(sql, name, description, now, now)!;
      for (const [key, value] of Object.entries(tags)) writeTag(db, id, key, value);
      return readModels(db, [id])[0]!;
    },
    () => ({ action: "model.create", subject: modelSubject(name), evidence: { description, tags } }),
  );
}

function refuseTaken(db: Database, name: string, isPrompt: boolean): void {
  const taken = db.get<{ prompt: number }>(
    `SELECT EXISTS (SELECT 1 FROM model_tags t WHERE t.model = m.id AND t.key = ? AND t.value = 'true') AS prompt
    FROM models m WHERE m.name = ?`,
    PROMPT_TAG,
    name,
  );
  if (!taken) return;
  const [old, asked] = [taken.prompt === 1, isPrompt].map((prompt) => (prompt ? "Prompt" : "Registered Model"));
  const message =
    old === asked
      ? `${old} (name=${name}) already exists.`
      : `Tried to create a ${asked!.toLowerCase()} with name '${name}', but the name is already taken by a ${old!.toLowerCase()}. MLflow does not allow creating a model and a prompt with the same name.`;
  throw new Refusal("RESOURCE_ALREADY_EXISTS", message);
}

export function findModel(db: Database, name: string): Model | null {
  return db.read(() => {
    const row = db.get<{ id: number }>("SELECT id FROM models WHERE name = ?", name);
    return row ? readModels(db, [row.id])[0]! : null;
  });
}

export function describeModel({ db, audit }: RegistryWriter, name: string, description: string): Model {
  let before = "";
  return audit.act(
    () => {
      const id = needModel(db, name);
      before = db.get<{ description: string }>("SELECT description FROM models WHERE id = ?", id)!.description;
      db.run("UPDATE models SET description = ?, updated = ? WHERE id = ?", description, Date.now(), id);
      return readModels(db, [id])[0]!;
    },
    () => ({ action: "model.describe", subject: modelSubject(name), evidence: { before, after: description } }),
  );
}

/** Told of under both names, so that the history of either leads to the other. */
export function renameModel({ db, audit }: RegistryWriter, name: string, newName: string): Model {
  const action = "model.rename";
  return audit.act(
    () =>
      audit.act(
        () => {
          const id = needModel(db, name);
          if (newName !== name && db.get("SELECT 1 FROM models WHERE name = ?", newName)) {
            throw new Refusal("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${newName}) already exists.`);
          }
          if (newName !== name) {
            refuseServed(db, name, null, "what serves it goes by this name. Undeploy it before it is renamed.");
            renameInDeployments(db, name, newName);
          }
          const now = Date.now();
          db.run("UPDATE models SET name = ?, updated = ? WHERE id = ?", newName, now, id);
          db.run("UPDATE model_versions SET updated = ? WHERE model = ?", now, id);
          return readModels(db, [id])[0]!;
        },
        () => ({ action, subject: modelSubject(name), evidence: { to: newName } }),
      ),
    () => ({ action, subject: modelSubject(newName), evidence: { from: name } }),
  );
}

export function deleteModel({ db, audit }: RegistryWriter, name: string): void {
  audit.act(
    () => {
      const id = needModel(db, name);
      refuseServed(db, name, null, "undeploy it before it is deleted.");
      const { aliases } = readModels(db, [id])[0]!;
      const sql = "SELECT count(*) AS versions FROM model_versions WHERE model = ?";
      const { versions } = db.get<{ versions: number }>(sql, id)!;
      db.run("DELETE FROM models WHERE id = ?", id);
      return { versions, aliases };
    },
    (evidence) => ({ action: "model.delete", subject: modelSubject(name), evidence }),
  );
}

export function setModelTag({ db, audit }: RegistryWriter, name: string, key: string, value: string | null): void {
  audit.act(
    () => {
      const id = needModel(db, name);
      const sql = "SELECT value FROM model_tags WHERE model = ? AND key = ?";
      const before = db.get<{ value: string }>(sql, id, key)?.value ?? null;
      if (value === null) db.run("DELETE FROM model_tags WHERE model = ? AND key = ?", id, key);
      else writeTag(db, id, key, value);
      return { key, before, after: value === null ? null : maskValue(key, value) };
    },
    (evidence) => ({ action: "model.tag", subject: modelSubject(name), evidence }),
  );
}

function writeTag(db: Database, model: number, key: string, value: string): void {
  const sql = "INSERT INTO model_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  db.run(sql, model, key, maskValue(key, value));
}
