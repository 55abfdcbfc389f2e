/** Runs: made, read, changed, deleted. Search is in search.ts. */
import type { NewTrackedRun, TrackedRunData } from "../../../store/tracking/contract";
import { requestKey } from "../answers";
import { invalid, missing } from "../errors";
import type { JsonObject } from "../json";
import { cut, LIMITS } from "../limits";
import { messagesOf, optionalEnum, optionalInteger, requiredText, runIdOf, textOf } from "../message";
import { API, type Call, get, type MlflowContext, post } from "../route";
import { writeRun, writeRunInfo } from "../writeRun";
import { experimentNumber } from "./experiments";
import { checkedTag } from "./logging";

const STATUSES = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

export const runRoutes = [
  post(`${API}/runs/create`, createRun),
  get(`${API}/runs/get`, ({ message, context }) => ({ run: writeRun(context, findRun(context, runIdOf(message))) })),
  post(`${API}/runs/update`, updateRun),
  post(`${API}/runs/delete`, ({ message, context }) => {
    context.store.tracking.deleteRun(requiredText(message, "run_id"));
    return undefined;
  }),
  post(`${API}/runs/restore`, ({ message, context }) => {
    context.store.tracking.restoreRun(requiredText(message, "run_id"));
    return undefined;
  }),
];

/** The run with its data. Throws MlflowError when there is none. */
export function findRun({ store }: MlflowContext, id: string): TrackedRunData {
  const [run] = store.tracking.runs([id]);
  if (!run) throw missing(`Run with id=${id} not found`);
  return run;
}

function createRun({ message, context, response }: Call): JsonObject {
  const { answers, hooks } = context;
  const tags = messagesOf(message, "tags").map((tag, place) => checkedTag(tag, `tags[${place}]`));
  const { "mlflow.runName": nameTag = "", ...others } = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  const name = textOf(message, "run_name");
  if (name && nameTag && name !== nameTag) {
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${nameTag}').`,
    );
  }
  const request: NewTrackedRun = {
    experiment: experimentNumber(textOf(message, "experiment_id") || "0"),
    name: name || nameTag || null,
    user: textOf(message, "user_id"),
    startTime: optionalInteger(message, "start_time") ?? Date.now(),
    tags: others,
    parent: knownRun(context, others["mlflow.parentRunId"]),
    request: requestKey(message),
  };
  const before = answers.find(request.request!);
  const id = before ?? makeRun(context, request);
  answers.give(id, response);
  const run = findRun(context, id);
  if (!before) hooks.onRunCreated?.(run);
  return { run: writeRun(context, run) };
}

/** Gives its id. */
function makeRun({ store, hooks }: MlflowContext, request: NewTrackedRun): string {
  const decision = hooks.onCreateRun?.(request) ?? { parent: null };
  if (!("adopt" in decision)) {
    return store.tracking.createRun({ ...request, parent: request.parent ?? decision.parent });
  }
  store.tracking.adoptRun(decision.adopt, request);
  return decision.adopt;
}

/** The id that a client names as a run's parent, if it is a run here. */
function knownRun({ store }: MlflowContext, id: string | undefined): string | null {
  return id && store.tracking.run(id) ? id : null;
}

function updateRun({ message, context }: Call): JsonObject {
  const { store, hooks } = context;
  const run = store.tracking.updateRun(runIdOf(message), {
    status: optionalEnum(message, "status", STATUSES),
    endTime: optionalInteger(message, "end_time"),
    name: cut(textOf(message, "run_name"), LIMITS.tagValue),
  });
  hooks.onRunUpdated?.(run);
  return { run_info: writeRunInfo(context, run) };
}
