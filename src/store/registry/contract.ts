/** The registry: models by name, their numbered versions, and aliases such as `champion` that name one of them. */
import type { AuditEntry } from "../../domain/audit";
import type { Filter, OrderTerm } from "../../domain/search/filter";

/** MLflow's old word for what a version is for; aliases have taken its place. */
export const STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof STAGES)[number];

export interface Model {
  name: string;
  description: string;
  /** Ms since the epoch. */
  created: number;
  updated: number;
  tags: Record<string, string>;
  /** Version by alias. */
  aliases: Record<string, number>;
  /** The newest version of each stage. */
  latest: ModelVersion[];
}

export interface ModelVersion {
  model: string;
  /** From 1; that of a deleted version is not given again. */
  version: number;
  description: string;
  /** The address that was given for its files. */
  source: string;
  /** Where they are: the same, or what an address of a model stood for when the version was made. */
  location: string;
  /** Id of the run that made it. */
  run: string | null;
  runLink: string;
  /** Id of the logged model that it is. */
  loggedModel: string | null;
  user: string;
  stage: Stage;
  created: number;
  updated: number;
  tags: Record<string, string>;
  aliases: string[];
}

export type NewModelVersion = Pick<
  ModelVersion,
  "model" | "description" | "source" | "location" | "run" | "runLink" | "loggedModel" | "tags"
>;

export interface RegistrySearch {
  filter: Filter;
  order: readonly OrderTerm[];
  limit: number;
  /** From the page before. */
  token: string | null;
}

/** A file of a version, kept as an object. */
export interface VersionFile {
  /** Relative to the version's folder, with `/`; of a model that is one file its name. */
  path: string;
  sha256: string;
  /** Bytes. */
  size: number;
}

/** All changes are told in the audit log. All of it throws `Refusal` for what cannot be done, and `SearchError` for a search that cannot be understood. */
export interface RegistryStore {
  createModel(model: Pick<Model, "name" | "description" | "tags">): Model;
  model(name: string): Model | null;
  describeModel(name: string, description: string): Model;
  /** Not while it is served: deployments that serve nothing go by the new name, too. */
  renameModel(name: string, newName: string): Model;
  /** With its versions; their files stay. Not while it is served. */
  deleteModel(name: string): void;
  /** Null takes the tag away. */
  setModelTag(name: string, key: string, value: string | null): void;
  searchModels(search: RegistrySearch): { models: Model[]; next: string | null };

  createVersion(version: NewModelVersion): ModelVersion;
  version(name: string, version: number): ModelVersion | null;
  describeVersion(name: string, version: number, description: string): ModelVersion;
  /** `archive`: other versions of that stage become archived. */
  setStage(name: string, version: number, stage: Stage, archive: boolean): ModelVersion;
  /** Not while it is served. */
  deleteVersion(name: string, version: number): void;
  /** Null takes the tag away. */
  setVersionTag(name: string, version: number, key: string, value: string | null): void;
  searchVersions(search: RegistrySearch): { versions: ModelVersion[]; next: string | null };
  /** The newest first. */
  versionsOfRun(run: string): ModelVersion[];
  /** Names of the deployments that serve it, or are being changed to; `version` null: any of the model. */
  servedBy(name: string, version: number | null): string[];
  /** Those that are one of these logged models, or whose model's file (of MLflow's: MLmodel) has one of these contents; at most 100. */
  versionsLike(of: { loggedModels: readonly string[]; files: readonly string[] }): ModelVersion[];
  /** Keeps these for as long as the version is there. Their objects are put while `holdObjects` is held. */
  keepFiles(name: string, version: number, files: readonly VersionFile[]): void;
  /** By path; empty when none were kept: then they are at the version's `location` alone. */
  files(name: string, version: number): VersionFile[];

  /** An alias names one version: setting it moves it. `evidence`: what else the audit log is to say of it. */
  setAlias(name: string, alias: string, version: number, evidence?: AuditEntry["evidence"]): void;
  deleteAlias(name: string, alias: string): void;
  /**
   * Gives the alias back to the version that had it before the present one, of those that are still there and not archived, and
   * gives that version; null, and the alias taken away, when there is none.
   */
  restoreAlias(name: string, alias: string): ModelVersion | null;
  /** Null when the model has no such alias. */
  versionOfAlias(name: string, alias: string): ModelVersion | null;
}
