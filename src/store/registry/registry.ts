/** The registry, put together. */
import type { Database } from "../database";
import { deleteAlias, setAlias, versionOfAlias } from "./aliases";
import type { RegistryStore } from "./contract";
import { createModel, deleteModel, describeModel, findModel, renameModel, setModelTag } from "./models";
import { searchModels, searchVersions } from "./search";
import { createVersion, deleteVersion, describeVersion, findVersion, setStage, setVersionTag } from "./versions";

export function makeRegistry(db: Database): RegistryStore {
  return {
    createModel: (model) => createModel(db, model),
    model: (name) => findModel(db, name),
    describeModel: (name, description) => describeModel(db, name, description),
    renameModel: (name, newName) => renameModel(db, name, newName),
    deleteModel: (name) => deleteModel(db, name),
    setModelTag: (name, key, value) => setModelTag(db, name, key, value),
    searchModels: (search) => searchModels(db, search),

    createVersion: (version) => createVersion(db, version),
    version: (name, version) => findVersion(db, name, version),
    describeVersion: (name, version, description) => describeVersion(db, name, version, description),
    setStage: (name, version, stage, archive) => setStage(db, name, version, stage, archive),
    deleteVersion: (name, version) => deleteVersion(db, name, version),
    setVersionTag: (name, version, key, value) => setVersionTag(db, name, version, key, value),
    searchVersions: (search) => searchVersions(db, search),

    setAlias: (name, alias, version) => setAlias(db, name, alias, version),
    deleteAlias: (name, alias) => deleteAlias(db, name, alias),
    versionOfAlias: (name, alias) => versionOfAlias(db, name, alias),
  };
}
