/** What the extension host asks about the registry's models. */
import type { RouteRole } from "../../../domain/deployment";
import type { GateResult, GateVerdict } from "../../../domain/gate";
import type { CodeVersion, RunDataset, RunSummary } from "../../../domain/run";
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

export interface ModelsApi {
  /** By name; `more`: there are more than these. */
  listModels(argument: { root: string; limit: number }): { models: ModelView[]; more: boolean };
  /** The newest first. */
  listModelVersions(argument: { root: string; model: string; limit: number }): {
    versions: VersionView[];
    more: boolean;
  };
  /** Null when there is no such version. */
  modelVersion(argument: { root: string; model: string; version: number }): VersionView | null;
  versionDetails(argument: { root: string; model: string; version: number }): VersionDetails;
}
