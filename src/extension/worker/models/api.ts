/** What the extension host asks about the registry's models. */
import type { AuditEntry } from "../../../domain/audit";
import type { ModelFlavour, ModelFormat } from "../../../domain/bundle";
import type { RouteRole } from "../../../domain/deployment";
import type { GateResult, GateVerdict } from "../../../domain/gate";
import type { CodeVersion, RunDataset, RunSummary } from "../../../domain/run";
import type { AuditVerdict } from "../../../store/audit/contract";
import type { Stage } from "../../../store/registry/contract";

export interface ModelView {
  name: string;
  description: string;
  tags: Record<string, string>;
  /** Version by alias. */
  aliases: Record<string, number>;
  /** Number of the newest version; null: there is none. */
  newest: number | null;
  /** Ms since the epoch. */
  updated: number;
}

/** Where a version is served, as the last rollout left it. */
export interface ServedPlace {
  deployment: string;
  role: RouteRole;
  percent: number;
}

export interface VersionView {
  model: string;
  version: number;
  description: string;
  tags: Record<string, string>;
  aliases: string[];
  stage: Stage;
  /** Ms since the epoch. */
  created: number;
  user: string;
  /** The run that made it, while it is there. */
  run: RunSummary | null;
  /** How many of the newest results of each gate say what. */
  gates: Record<GateVerdict, number>;
  served: ServedPlace[];
  /** It became champion without the gates that there are for that. */
  ungated: boolean;
}

/** What stands below a version. */
export interface VersionDetails {
  run: RunSummary | null;
  code: CodeVersion | null;
  /** That the run read. */
  datasets: RunDataset[];
  /** The newest result of each gate. */
  gates: GateResult[];
  served: ServedPlace[];
}

/** A model that a run wrote or logged, ready to be registered. */
export interface RunModel {
  /** As the run names it. */
  path: string;
  flavour: ModelFlavour;
  modelFormat: ModelFormat;
  /** Id of the logged model that it is. */
  loggedModel: string | null;
}

export interface RunModels {
  /** The best first. */
  models: RunModel[];
  /** What the model of this run would be called. */
  name: string;
  /** Models that there are. */
  names: string[];
  /** Versions that this run was made, newest first, without archived ones. */
  versions: VersionAddress[];
}

/** What only people know of a version, as Markdown to be filled in. */
export interface CardForm {
  text: string;
  /** When the version was last changed, ms since the epoch. */
  updated: number;
}

export interface VersionAddress {
  model: string;
  version: number;
}

type OfVersion = { root: string } & VersionAddress;

export interface ModelsApi {
  /** By name; `more`: there are more than these. */
  listModels(argument: { root: string; limit: number }): { models: ModelView[]; more: boolean };
  /** The newest first. */
  listModelVersions(argument: { root: string; model: string; limit: number }): {
    versions: VersionView[];
    more: boolean;
  };
  /** Null when there is no such version. */
  modelVersion(argument: OfVersion): VersionView | null;
  versionDetails(argument: OfVersion): VersionDetails;

  /** What of a run can be registered. */
  modelsOfRun(argument: { root: string; run: string }): RunModels;
  /** Default for `artifact`: the best; for `name`: see `RunModels`. `isNew`: it was not registered before. */
  registerModel(argument: { root: string; run: string; artifact?: string; name?: string }): VersionAddress & {
    isNew: boolean;
  };
  setModelAlias(argument: OfVersion & { alias: string }): void;
  removeModelAlias(argument: { root: string; model: string; alias: string }): void;
  /** Gives the alias back to the version that had it before; null: to none. */
  demoteModel(argument: { root: string; model: string; alias: string }): { now: number | null };
  /** `evenDeployed`: what serves it goes on. */
  archiveModel(argument: OfVersion & { reason: string; evenDeployed: boolean }): void;
  unarchiveModel(argument: OfVersion): void;
  /** `version` null: of the model. */
  describeModel(argument: { root: string; model: string; version: number | null; description: string }): void;
  /** A null value removes the tag. */
  setModelTags(argument: {
    root: string;
    model: string;
    version: number | null;
    tags: Record<string, string | null>;
  }): void;

  /** Markdown. */
  modelCard(argument: OfVersion): string;
  /** Null when there is no such version. */
  cardForm(argument: OfVersion): CardForm | null;
  /** Keeps what a form says. */
  fillModelCard(argument: OfVersion & { text: string }): void;
  /** Who would have to be trusted for the version to be read; null: nobody, or that is so already. */
  trustNeeded(argument: OfVersion): { source: string } | null;
  /** Models of where this one came from may run code here from now on. */
  trustSource(argument: OfVersion): void;
  /** Whose models may run code here, the newest first, with what that is for people. */
  trustedSources(argument: { root: string }): { source: string; time: number; words: string }[];
  forgetTrust(argument: { root: string; source: string }): void;
  /** The newest first. */
  auditEntries(argument: { root: string; subject: string | null; limit: number }): AuditEntry[];
  verifyAudit(argument: { root: string }): AuditVerdict;
}
