/** What the extension host asks about deployments. */
import type { InputColumn } from "../../../domain/bundle";
import type { Deployment, Rollout, RouteRole } from "../../../domain/deployment";
import type { Prediction } from "../../../domain/prediction";
import type { TryAnswer } from "../../../protocol/tryIt";

/** A deployment without what only its target needs. */
export interface DeploymentView extends Omit<Deployment, "handle" | "revision"> {
  isUnfinished: boolean;
  /** The change that goes on, or was the last; null: there was none. */
  rollout: Rollout | null;
  /** That change goes on, and its process lives. */
  busy: boolean;
}

/** A place that a model can be deployed to. */
export interface DeployPlace {
  /** What `modeltrail deploy --to` takes. */
  to: string;
  /** The deployment that it is, or becomes. */
  name: string;
  target: string;
  /** What kind of target that is, and what tells it from others of its kind; empty: it is this machine, or not known (any more). */
  kind: string;
  place: string;
  /** It is for this model, by modeltrail.yaml or because the model is there already. */
  isOwn: boolean;
  /** The version that it serves now; null: none. */
  serves: number | null;
}

/** What the try-it page has of a deployment besides how it stands. */
export interface TryInput {
  /** A body for /invocations; null: none is known. */
  sample: Record<string, unknown> | null;
  /** Where it is from, in words; null: that is not known, or there is none. */
  sampleSource: string | null;
  /** Null: they are not known, or the model takes tensors. */
  columns: InputColumn[] | null;
}

/** Predictions of one version in one role. */
export interface PredictionCount {
  version: number;
  role: RouteRole;
  count: number;
  /** Answered with 5xx. */
  errors: number;
  /** Ms. */
  p50: number;
  p95: number;
}

/** What the prediction log of a deployment holds. */
export interface PredictionsView {
  /** Of the newest `counted` predictions, which go back to `since` (null: there are none); `more`: there may be older ones. */
  counts: PredictionCount[];
  counted: number;
  more: boolean;
  since: number | null;
  /** Of those among them that came when the last change was live; null: all came then, or none did. */
  sinceChange: { time: number; counts: PredictionCount[] } | null;
  /** The newest first, of the version that was asked for. */
  newest: Prediction[];
}

export interface DeploymentsApi {
  /** By name. */
  listDeployments(argument: { root: string }): DeploymentView[];
  /** Null when there is none of this name. */
  getDeployment(argument: { root: string; name: string }): DeploymentView | null;
  /**
   * Asks the targets of all deployments how they stand; what they say is in the store afterwards. `isWatching`: again and again,
   * and so not each time those that are costly to ask.
   */
  askDeployments(argument: { root: string; isWatching: boolean }): void;
  /** Those for this model first. */
  deployPlaces(argument: { root: string; model: string }): DeployPlace[];
  tryInput(argument: { root: string; name: string }): TryInput;
  /** Sends a body to /invocations as callers do. Fails when nothing answers. */
  tryDeployment(argument: { root: string; name: string; body: string }): TryAnswer;
  /** With a variable in the place of a token. */
  requestText(argument: { root: string; name: string; as: "curl" | "python"; body: string | null }): string;
  /** `version` null: the newest of any version. */
  predictions(argument: { root: string; name: string; version: number | null }): PredictionsView;
  /** The newest first. */
  listRollouts(argument: { root: string; name: string; limit: number }): { rollouts: Rollout[]; more: boolean };
}
