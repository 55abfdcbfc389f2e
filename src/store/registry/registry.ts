/** The registry, put together. */
import type { AuditStore } from "../audit/contract";
import type { Database } from "../database";
import type { Reliance } from "../reliance";
import { deleteAlias, restoreAlias, setAlias, versionOfAlias } from "./aliases";
import type { RegistryStore } from "./contract";
import { keepFiles, versionFiles } from "./files";
import { createModel, deleteModel, describeModel, findModel, renameModel, setModelTag } from "./models";
import { searchModels, searchVersions } from "./search";
import { servedBy } from "./served";
import {
  createVersion,
  deleteVersion,
  describeVersion,
  findVersion,
  setStage,
  setVersionTag,
  versionsLike,
  versionsOfRun,
} from "./versions";
import type { RegistryWriter } from "./writer";

export function makeRegistry(db: Database, audit: AuditStore, reliance: Pick<Reliance, "secure">): RegistryStore {
  const writer: RegistryWriter = { db, audit };
  return {
    createModel: (model) => createModel(writer, model),
    model: (name) => findModel(db, name),
    describeModel: (name, description) => describeModel(writer, name, description),
    renameModel: (name, newName) => renameModel(writer, name, newName),
    deleteModel: (name) => deleteModel(writer, name),
    setModelTag: (name, key, value) => setModelTag(writer, name, key, value),
    searchModels: (search) => searchModels(db, search),

    createVersion: (version) => createVersion(writer, version),
    version: (name, version) => findVersion(db, name, version),
    describeVersion: (name, version, description) => describeVersion(writer, name, version, description),
    setStage: (name, version, stage, archive) => setStage(writer, name, version, stage, archive),
    deleteVersion: (name, version) => deleteVersion(writer, name, version),
    setVersionTag: (name, version, key, value) => setVersionTag(writer, name, version, key, value),
    searchVersions: (search) => searchVersions(db, search),

    versionsOfRun: (run) => versionsOfRun(db, run),
    servedBy: (name, version) => db.read(() => servedBy(db, name, version)),
    versionsLike: (of) => versionsLike(db, of),
    keepFiles: (name, version, files) => keepFiles(writer, reliance, name, version, files),
    files: (name, version) => versionFiles(db, name, version),

    setAlias: (name, alias, version, evidence) => setAlias(writer, name, alias, version, evidence),
    deleteAlias: (name, alias) => deleteAlias(writer, name, alias),
    restoreAlias: (name, alias) => restoreAlias(writer, name, alias),
    versionOfAlias: (name, alias) => versionOfAlias(db, name, alias),
  };
}
