/** Models of the registry. */
import { maskValue } from "../../domain/secrets";
import type { Database } from "../database";
import { Refusal } from "../tracking/refusal";
import type { Model } from "./contract";
import { needModel, readModels } from "./read";

/** MLflow keeps prompts among the models, told apart by this tag. */
export const PROMPT_TAG = "mlflow.prompt.is_prompt";

export function createModel(
  db: Database,
  { name, description, tags }: Pick<Model, "name" | "description" | "tags">,
): Model {
  return db.write(() => {
    refuseTaken(db, name, tags[PROMPT_TAG] === "true");
    const now = Date.now();
    const sql = "INSERT INTO models (name, description, created, updated) VALUES (?, ?, ?, ?) RETURNING id";
    const { id } = db.get<{ id: number }>(sql, name, description, now, now)!;
    for (const [key, value] of Object.entries(tags)) writeTag(db, id, key, value);
    return readModels(db, [id])[0]!;
  });
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

export function describeModel(db: Database, name: string, description: string): Model {
  return db.write(() => {
    const id = needModel(db, name);
    db.run("UPDATE models SET description = ?, updated = ? WHERE id = ?", description, Date.now(), id);
    return readModels(db, [id])[0]!;
  });
}

export function renameModel(db: Database, name: string, newName: string): Model {
  return db.write(() => {
    const id = needModel(db, name);
    if (newName !== name && db.get("SELECT 1 FROM models WHERE name = ?", newName)) {
      throw new Refusal("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${newName}) already exists.`);
    }
    const now = Date.now();
    db.run("UPDATE models SET name = ?, updated = ? WHERE id = ?", newName, now, id);
    db.run("UPDATE model_versions SET updated = ? WHERE model = ?", now, id);
    return readModels(db, [id])[0]!;
  });
}

export function deleteModel(db: Database, name: string): void {
  db.write(() => db.run("DELETE FROM models WHERE id = ?", needModel(db, name)));
}

export function setModelTag(db: Database, name: string, key: string, value: string | null): void {
  db.write(() => {
    const id = needModel(db, name);
    if (value === null) db.run("DELETE FROM model_tags WHERE model = ? AND key = ?", id, key);
    else writeTag(db, id, key, value);
  });
}

function writeTag(db: Database, model: number, key: string, value: string): void {
  const sql = "INSERT INTO model_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  db.run(sql, model, key, maskValue(key, value));
}
