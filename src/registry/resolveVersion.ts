/** From what people write to a version: "wine", "wine@champion", "wine/3", "models:/wine/3". */
import { UserError } from "../domain/errors";
import type { Filter } from "../domain/search/filter";
import type { Store } from "../store/contract";
import type { Model, ModelVersion } from "../store/registry/contract";

/** The alias of the version that is in use. */
export const CHAMPION = "champion";

export interface ModelReference {
  name: string;
  /** A number, an alias, `latest`, or null: whichever is in use. */
  which: { version: number } | { alias: string } | "latest" | null;
}

/** Throws UserError for what is no reference to a model. */
export function parseModelReference(text: string): ModelReference {
  const [, name, alias, rest] = /^(?:models:\/)?([^/@:]+)(?:@([^/@]+)|\/([^/@]+))?$/.exec(text.trim()) ?? [];
  if (name === undefined) {
    throw new UserError(`"${text}" is no model. Write it as wine, wine@champion or wine/3.`);
  }
  if (alias !== undefined) return { name, which: /^latest$/i.test(alias) ? "latest" : { alias } };
  if (rest === undefined) return { name, which: null };
  if (/^latest$/i.test(rest)) return { name, which: "latest" };
  const number = /^v?(\d{1,15})$/i.exec(rest)?.[1];
  if (number === undefined) throw new UserError(`"${rest}" is no version of ${name}. Write a number: ${name}/3`);
  return { name, which: { version: Number(number) } };
}

/** Throws UserError that names the models there are. */
export function findModel(store: Store, name: string): Model {
  const model = store.registry.model(name);
  if (model) return model;
  const others = modelNames(store);
  const hint =
    others.length > 0
      ? `There are: ${others.join(", ")}.`
      : "There are no models yet. Register one from a run: modeltrail models register latest";
  throw new UserError(`There is no model "${name}". ${hint}`);
}

/**
 * Without version and alias: the champion, and where there is none the newest version that is not archived. Throws UserError that
 * says what there is.
 */
export function resolveVersion(store: Store, text: string): ModelVersion {
  const { name, which } = parseModelReference(text);
  const model = findModel(store, name);
  if (which === null) return inUse(store, model);
  if (which === "latest") return newest(store, model);
  if ("alias" in which) return ofAlias(store, model, which.alias);
  const version = store.registry.version(name, which.version);
  if (version) return version;
  const last = Math.max(0, ...model.latest.map((one) => one.version));
  throw new UserError(
    `${name} has no version ${which.version}. ${last > 0 ? `Its newest is ${last}.` : "It has none."}`,
  );
}

function inUse(store: Store, model: Model): ModelVersion {
  return (model.aliases[CHAMPION] && store.registry.versionOfAlias(model.name, CHAMPION)) || newest(store, model);
}

function newest(store: Store, { name, latest }: Model): ModelVersion {
  const [found] = latest.filter(({ stage }) => stage !== "Archived").sort((a, b) => b.version - a.version);
  if (found) return store.registry.version(name, found.version) ?? found;
  const reason = latest.length > 0 ? "All versions of it are archived." : "It has no version yet.";
  throw new UserError(
    `${name} has no version to use. ${reason} Register one: modeltrail models register RUN --name ${name}`,
  );
}

function ofAlias(store: Store, { name, aliases }: Model, alias: string): ModelVersion {
  const version = store.registry.versionOfAlias(name, alias);
  if (version) return version;
  const known = Object.entries(aliases).map(([one, number]) => `${one} (version ${number})`);
  throw new UserError(
    `No version of ${name} has the alias "${alias}". ${known.length > 0 ? `There are: ${known.join(", ")}.` : "None has any."}`,
  );
}

const ALL: Filter = { kind: "all", terms: [] };
const SHOWN = 20;

function modelNames(store: Store): string[] {
  const { models } = store.registry.searchModels({ filter: ALL, order: [], limit: SHOWN, token: null });
  return models.map(({ name }) => name);
}

/** As people read and write it: "wine/3". */
export const versionName = ({ model, version }: Pick<ModelVersion, "model" | "version">) => `${model}/${version}`;
