/** What a run logs: metrics, params and tags. */
import type { LoggedMetric } from "../../../store/tracking/contract";
import { invalid, missing } from "../errors";
import type { JsonObject } from "../json";
import { checkBatch, checkLength, checkName, cut, invalidValue, LIMITS } from "../limits";
import { messagesOf, missingValue, optionalDouble, optionalInteger, requiredText, runIdOf, textOf } from "../message";
import { API, type Call, post } from "../route";

export const loggingRoutes = [
  post(`${API}/runs/log-batch`, logBatch),
  post(`${API}/runs/log-metric`, ({ message, context }) => {
    context.store.tracking.log(runIdOf(message), { metrics: [checkedMetric(message, "")] });
    return undefined;
  }),
  post(`${API}/runs/log-parameter`, ({ message, context }) => {
    const { key, value } = checkedParam(message, "");
    context.store.tracking.logParam(runIdOf(message), key, value);
    return undefined;
  }),
  post(`${API}/runs/set-tag`, ({ message, context }) => {
    context.store.tracking.log(runIdOf(message), { tags: [checkedTag(message, "")] });
    return undefined;
  }),
  post(`${API}/runs/delete-tag`, ({ message, context }) => {
    context.store.tracking.deleteTag(runIdOf(message), requiredText(message, "key"));
    return undefined;
  }),
  post(`${API}/runs/log-model`, logModel),
];

function logBatch({ message, context }: Call): undefined {
  const id = requiredText(message, "run_id");
  const sent = {
    metrics: messagesOf(message, "metrics"),
    params: messagesOf(message, "params"),
    tags: messagesOf(message, "tags"),
  };
  checkBatch("metrics", LIMITS.metricsPerBatch, sent.metrics.length);
  checkBatch("params", LIMITS.paramsPerBatch, sent.params.length);
  checkBatch("tags", LIMITS.tagsPerBatch, sent.tags.length);
  const all = sent.metrics.length + sent.params.length + sent.tags.length;
  checkBatch("metrics, params, and tags", LIMITS.entitiesPerBatch, all);
  const params = sent.params.map((param, place) => checkedParam(param, `params[${place}]`));
  refuseTwice(params.map(({ key }) => key));
  context.store.tracking.log(id, {
    metrics: sent.metrics.map((metric, place) => checkedMetric(metric, `metrics[${place}]`)),
    params,
    tags: sent.tags.map((tag, place) => checkedTag(tag, `tags[${place}]`)),
  });
  return undefined;
}

function refuseTwice(keys: string[]): void {
  const twice = keys.filter((key, place) => keys.indexOf(key) !== place);
  if (twice.length === 0) return;
  const list = `[${twice.map((key) => `'${key}'`).join(", ")}]`;
  throw invalid(
    `Duplicate parameter keys have been submitted: ${list}. Please ensure the request contains only one param value per param key.`,
  );
}

const within = (path: string, field: string) => (path === "" ? field : `${path}.${field}`);

function keyOf(message: JsonObject, path: string): string {
  const key = textOf(message, "key");
  if (key === "") throw missingValue(within(path, "key"));
  return key;
}

function checkedMetric(message: JsonObject, path: string): LoggedMetric {
  const key = keyOf(message, path);
  checkName(key, within(path, "name"));
  checkLength("Metric name", LIMITS.key, key);
  const value = optionalDouble(message, "value");
  if (value === undefined) throw missingValue(within(path, "value"));
  const time = optionalInteger(message, "timestamp");
  if (time === undefined) throw missingValue(within(path, "timestamp"));
  if (time < 0) {
    const shown = Number.isInteger(value) ? `${value}.0` : value;
    const hint = `metric '${key}' (value=${shown}). Timestamp must be a nonnegative long (64-bit integer) `;
    throw invalidValue(within(path, "timestamp"), time, hint);
  }
  const metric: LoggedMetric = { key, value, time, step: optionalInteger(message, "step") ?? 0 };
  const model = textOf(message, "model_id");
  if (model) metric.model = model;
  const [name, digest] = [textOf(message, "dataset_name"), textOf(message, "dataset_digest")];
  if (name || digest) metric.dataset = { name, digest };
  return metric;
}

/** The key is checked first, as MLflow does; the value may be empty. */
function checkedParam(message: JsonObject, path: string): { key: string; value: string } {
  const key = keyOf(message, path);
  checkName(key, within(path, "key"));
  checkLength("Param key", LIMITS.key, key);
  return { key, value: cut(textOf(message, "value"), LIMITS.paramValue) };
}

/** `path`: the field that the tag is in, for what is said of a wrong one. */
export function checkedTag(message: JsonObject, path: string): { key: string; value: string } {
  const key = keyOf(message, path);
  checkName(key, within(path, "key"));
  checkLength(within(path, "key"), LIMITS.key, key);
  return { key, value: cut(textOf(message, "value"), LIMITS.tagValue) };
}

const MODELS_TAG = "mlflow.log-model.history";
const MODEL_FIELDS = ["artifact_path", "flavors", "utc_time_created", "run_id"];

/** How clients before 3.0 say that a run has logged a model: a list of models in a tag. */
function logModel({ message, context }: Call): undefined {
  const id = requiredText(message, "run_id");
  const text = requiredText(message, "model_json");
  const model = parseModel(text);
  const { tracking } = context.store;
  const [run] = tracking.runs([id]);
  if (!run) throw missing(`Run with id=${id} not found`);
  const value = JSON.stringify([...earlierModels(run.tags[MODELS_TAG]), model]);
  tracking.log(id, { tags: [{ key: MODELS_TAG, value }] });
  return undefined;
}

function parseModel(text: string): JsonObject {
  let model: JsonObject;
  try {
    model = JSON.parse(text) as JsonObject;
  } catch {
    throw invalid(`Malformed model info. \n ${text} \n is not a valid JSON.`);
  }
  const lacking = MODEL_FIELDS.filter((field) => !Object.hasOwn(model ?? {}, field));
  if (lacking.length === 0) return model;
  throw invalid(`Model json is missing mandatory fields: {${lacking.map((field) => `'${field}'`).join(", ")}}`);
}

function earlierModels(tag: string | undefined): unknown[] {
  try {
    const models: unknown = JSON.parse(tag ?? "[]");
    return Array.isArray(models) ? models : [];
  } catch {
    return [];
  }
}
