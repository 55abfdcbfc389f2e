/** Experiments, without search: see search.ts. */

import type { TrackedExperiment } from "../../../store/tracking/contract";
import { experimentLocation } from "../artifactRoot";
import { invalid, missing } from "../errors";
import type { JsonObject } from "../json";
import { checkExperimentName, checkExperimentTag } from "../limits";
import { messagesOf, optionalText, requiredText, textOf } from "../message";
import { API, type Call, get, type MlflowContext, post } from "../route";

export const experimentRoutes = [
  post(`${API}/experiments/create`, createExperiment),
  get(`${API}/experiments/get`, ({ message, context }) => ({
    experiment: writeExperiment(context, findExperiment(context, requiredText(message, "experiment_id"))),
  })),
  get(`${API}/experiments/get-by-name`, ({ message, context }) => {
    const name = requiredText(message, "experiment_name");
    const found = context.store.tracking.experimentNamed(name);
    if (!found) throw missing(`Could not find experiment with name '${name}'`);
    return { experiment: writeExperiment(context, found) };
  }),
  post(`${API}/experiments/update`, ({ message, context }) => {
    const id = experimentNumber(requiredText(message, "experiment_id"));
    const name = requiredText(message, "new_name");
    checkExperimentName(name);
    context.store.tracking.renameExperiment(id, name);
    return undefined;
  }),
  post(`${API}/experiments/delete`, ({ message, context }) => {
    context.store.tracking.deleteExperiment(experimentNumber(requiredText(message, "experiment_id")));
    return undefined;
  }),
  post(`${API}/experiments/restore`, ({ message, context }) => {
    context.store.tracking.restoreExperiment(experimentNumber(requiredText(message, "experiment_id")));
    return undefined;
  }),
  post(`${API}/experiments/set-experiment-tag`, ({ message, context }) => {
    const id = experimentNumber(requiredText(message, "experiment_id"));
    const [key, value] = [requiredText(message, "key"), textOf(message, "value")];
    checkExperimentTag(key, value);
    context.store.tracking.setExperimentTag(id, key, value);
    return undefined;
  }),
  post(`${API}/experiments/delete-experiment-tag`, ({ message, context }) => {
    const id = experimentNumber(requiredText(message, "experiment_id"));
    context.store.tracking.setExperimentTag(id, requiredText(message, "key"), null);
    return undefined;
  }),
];

function createExperiment({ message, context }: Call): JsonObject {
  const name = requiredText(message, "name");
  checkExperimentName(name);
  const artifactLocation = optionalText(message, "artifact_location") || null;
  const tags = messagesOf(message, "tags").map((tag) => [requiredText(tag, "key"), textOf(tag, "value")] as const);
  for (const [key, value] of tags) checkExperimentTag(key, value);
  const id = context.store.tracking.createExperiment({ name, artifactLocation, tags: Object.fromEntries(tags) });
  return { experiment_id: String(id) };
}

/** The number of an id on the wire. Throws MlflowError for what is none. */
export function experimentNumber(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
}

/** The experiment of an id on the wire, deleted ones too. Throws MlflowError when there is none. */
export function findExperiment({ store }: MlflowContext, id: string): TrackedExperiment {
  const found = store.tracking.experiment(experimentNumber(id));
  if (!found) throw missing(`No Experiment with id=${id} exists`);
  return found;
}

/** An experiment as the wire has it. */
export function writeExperiment(context: MlflowContext, experiment: TrackedExperiment): JsonObject {
  return {
    experiment_id: String(experiment.id),
    name: experiment.name,
    artifact_location: experimentLocation(context, experiment),
    lifecycle_stage: experiment.deleted ? "deleted" : "active",
    last_update_time: Math.trunc(experiment.updated),
    creation_time: Math.trunc(experiment.created),
    tags: Object.entries(experiment.tags).map(([key, value]) => ({ key, value })),
  };
}
