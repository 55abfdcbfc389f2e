/**
 * Where artifacts are. On this machine clients copy them into folders of the store themselves (`file:`), which is ten times as
 * quick as sending them; from elsewhere they send them to the server (`mlflow-artifacts:`). Both address the same folders.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoggedModel } from "../../store/loggedModels/contract";
import type { TrackedExperiment, TrackedRun } from "../../store/tracking/contract";
import type { MlflowContext } from "./route";

/** The address of a folder given by its path below the store's. */
export function artifactUri({ store, artifacts }: MlflowContext, ...path: string[]): string {
  if (artifacts === "http") return `mlflow-artifacts:/${path.map(encodeURIComponent).join("/")}`;
  return pathToFileURL(join(store.folder, ...path)).href;
}

/**
 * What was asked for when the experiment was made stays what clients are told; we never read or write there. A folder is
 * relative to the project's.
 */
export function experimentLocation(context: MlflowContext, experiment: TrackedExperiment): string {
  const { id, artifactLocation } = experiment;
  return artifactLocation === null ? artifactUri(context, "artifacts", String(id)) : asked(context, artifactLocation);
}

/** Where the run's artifacts are. */
export function runLocation(context: MlflowContext, { id, artifactLocation }: TrackedRun): string {
  if (artifactLocation === null) return artifactUri(context, "runs", id, "artifacts");
  return `${asked(context, artifactLocation)}/${id}/artifacts`;
}

function asked({ store }: MlflowContext, location: string): string {
  const isUri = /^[a-z][a-z0-9+.-]+:/i.test(location);
  return isUri ? location.replace(/\/+$/, "") : pathToFileURL(join(store.root, location)).href;
}

/** Where a logged model's files are. */
export function loggedModelLocation(context: MlflowContext, { id, artifactLocation }: LoggedModel): string {
  if (artifactLocation === null) return artifactUri(context, "models", id, "artifacts");
  return `${asked(context, artifactLocation)}/models/${id}/artifacts`;
}
