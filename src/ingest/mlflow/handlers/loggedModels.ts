/** Logged models, MLflow 3's own: what `log_model` makes and `load_model` finds. Files go their own way, as artifacts do. */
import { type OrderTerm, SearchError } from "../../../domain/search/filter";
import { LOGGED_MODELS } from "../../../domain/search/grammars";
import { parseOrder } from "../../../domain/search/parseOrder";
import type { DatasetName, LoggedModel, LoggedModelSearch } from "../../../store/loggedModels/contract";
import { artifactPlace } from "../artifactPath";
import { loggedModelLocation } from "../artifactRoot";
import { invalid, MlflowError, missing } from "../errors";
import { type JsonObject, toInt64 } from "../json";
import { checkLength, checkName, cut, LIMITS } from "../limits";
import { messagesOf, optionalEnum, optionalFlag, optionalText, requiredText, textOf, textsOf } from "../message";
import { API, type Call, get, type MlflowContext, patch, post, remove } from "../route";
import { filterOf, nextPage, pagingOf, understood } from "../searchRequest";
import { writePairs } from "../writeRun";
import { listFolder } from "./artifacts";
import { experimentNumber } from "./experiments";

const MODELS = `${API}/logged-models`;

/** As the wire calls them; 0 is "unspecified". */
const STATUSES = ["PENDING", "READY", "FAILED"] as const;
const WIRE_STATUSES = ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"] as const;

const SEARCH_STANDARD = 100;
const SEARCH_MOST = 1_000;

export const loggedModelRoutes = [
  post(MODELS, createModel),
  post(`${MODELS}/search`, searchModels),
  get(`${MODELS}/{id}`, ({ path, message, context }) => {
    const allowDeleted = optionalFlag(message, "allow_deleted") ?? false;
    return { model: writeModel(context, findModel(context, path.id!, allowDeleted)) };
  }),
  patch(`${MODELS}/{id}`, ({ path, message, context }) => {
    const status = optionalEnum(message, "status", WIRE_STATUSES);
    if (!status) throw invalid("Missing value for required parameter 'status'.");
    const model = context.store.loggedModels.setStatus(path.id!, STATUSES[WIRE_STATUSES.indexOf(status)]!);
    return { model: writeModel(context, model) };
  }),
  remove(`${MODELS}/{id}`, ({ path, context }) => {
    context.store.loggedModels.delete(path.id!);
    return undefined;
  }),
  post(`${MODELS}/{id}/params`, ({ path, message, context }) => {
    context.store.loggedModels.addParams(path.id!, paramsOf(message));
    return undefined;
  }),
  patch(`${MODELS}/{id}/tags`, ({ path, message, context }) => {
    context.store.loggedModels.setTags(path.id!, tagsOf(message));
    return {};
  }),
  get(`${MODELS}/{id}/artifacts/directories`, listArtifacts),
  remove(`${MODELS}/{id}/tags/{key}`, ({ path, context }) => {
    context.store.loggedModels.deleteTag(path.id!, path.key!);
    return undefined;
  }),
];

async function listArtifacts({ path, message, context }: Call): Promise<JsonObject> {
  const model = findModel(context, path.id!);
  const root_uri = loggedModelLocation(context, model);
  if (model.artifactLocation !== null) {
    throw new MlflowError("NOT_IMPLEMENTED", `The artifacts are at ${root_uri}, which is asked without this server.`);
  }
  const folder = textOf(message, "artifact_directory_path").replace(/\/$/, "");
  const place = artifactPlace(context, ["models", model.id, "artifacts", ...(folder ? [folder] : [])].join("/"));
  return { root_uri, files: await listFolder(place, folder) };
}

/** Throws MlflowError when there is none. */
export function findModel({ store }: MlflowContext, id: string, allowDeleted = false): LoggedModel {
  const model = store.loggedModels.get(id);
  if (!model || (model.deleted && !allowDeleted)) throw missing(`Logged model with ID '${id}' not found.`);
  return model;
}

function createModel({ message, context }: Call): JsonObject {
  const name = optionalText(message, "name") || null;
  if (name !== null) checkModelName(name);
  const model = context.store.loggedModels.create({
    experiment: experimentNumber(requiredText(message, "experiment_id")),
    name,
    run: textOf(message, "source_run_id") || null,
    type: textOf(message, "model_type"),
    params: paramsOf(message),
    tags: tagsOf(message),
  });
  return { model: writeModel(context, model) };
}

function checkModelName(name: string): void {
  if (!/[/:.%"']/.test(name)) return;
  throw invalid(
    `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}

function paramsOf(message: JsonObject): Record<string, string> {
  return pairsOf(message, "params", LIMITS.paramValue);
}

function tagsOf(message: JsonObject): Record<string, string> {
  return pairsOf(message, "tags", LIMITS.tagValue);
}

function pairsOf(message: JsonObject, field: string, limit: number): Record<string, string> {
  const pairs = messagesOf(message, field).map((pair, place): [string, string] => {
    const key = requiredText(pair, "key");
    checkName(key, `${field}[${place}].key`);
    checkLength(`${field}[${place}].key`, LIMITS.key, key);
    return [key, cut(textOf(pair, "value"), limit)];
  });
  return Object.fromEntries(pairs);
}

function searchModels({ message, context }: Call): JsonObject {
  const { limit, token } = pagingOf(message, SEARCH_STANDARD, SEARCH_MOST);
  const { models, next } = understood(() =>
    context.store.loggedModels.search({
      experiments: textsOf(message, "experiment_ids").map(experimentNumber),
      filter: filterOf(message, LOGGED_MODELS),
      datasets: messagesOf(message, "datasets").map(datasetOf),
      order: messagesOf(message, "order_by").map(orderTerm),
      limit,
      token,
    }),
  );
  return { models: models.map((model) => writeModel(context, model)), ...nextPage(next) };
}

function datasetOf(message: JsonObject): DatasetName {
  const [name, digest] = [textOf(message, "dataset_name"), textOf(message, "dataset_digest")];
  if (!name) throw invalid("`dataset_name` in the `datasets` clause must be specified.");
  return digest ? { name, digest } : { name };
}

function orderTerm(message: JsonObject): LoggedModelSearch["order"][number] {
  const field = requiredText(message, "field_name");
  const term = orderField(field);
  const [name, digest] = [textOf(message, "dataset_name"), textOf(message, "dataset_digest")];
  return {
    ...term,
    descending: !(optionalFlag(message, "ascending") ?? true),
    dataset: { ...(name && { name }), ...(digest && { digest }) },
  };
}

function orderField(field: string): OrderTerm {
  // A key may have any character here, without quotes.
  const key = /^metrics\.(.+)$/s.exec(field)?.[1];
  if (key !== undefined) return { entity: "metric", key, descending: false };
  try {
    return parseOrder([field], LOGGED_MODELS)[0]!;
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    const hint = field.includes(".") ? ". Only metrics are supported." : "";
    throw invalid(`Invalid order by field name: ${field}${hint}`);
  }
}

/** A logged model as the wire has it. */
export function writeModel(context: MlflowContext, model: LoggedModel): JsonObject {
  const { run } = model;
  return {
    info: {
      model_id: model.id,
      experiment_id: String(model.experiment),
      name: model.name,
      creation_timestamp_ms: model.created,
      last_updated_timestamp_ms: model.updated,
      artifact_uri: loggedModelLocation(context, model),
      status: WIRE_STATUSES[STATUSES.indexOf(model.status)]!,
      ...(model.type && { model_type: model.type }),
      ...(run && { source_run_id: run }),
      tags: writePairs(model.tags),
    },
    data: { params: writePairs(model.params), metrics: model.metrics.map(writeModelMetric) },
  };
}

function writeModelMetric({ key, value, time, step, model, run, dataset }: LoggedModel["metrics"][number]): JsonObject {
  return {
    key,
    value,
    timestamp: toInt64(Math.trunc(time)),
    step: toInt64(step),
    ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }),
    model_id: model,
    run_id: run,
  };
}
