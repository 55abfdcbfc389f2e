/**
 * Traces, as `@mlflow.trace` makes them. Their spans go to `traces.json` among the artifacts; there is no `/v1/traces`, so that
 * clients do it that way.
 */
import { TRACES } from "../../../domain/search/grammars";
import type { Trace } from "../../../store/traces/contract";
import { MlflowError, missing } from "../errors";
import type { JsonObject } from "../json";
import { checkName, cut, LIMITS } from "../limits";
import { messagesOf, optionalInteger, optionalMessage, requiredText, textOf, textsOf } from "../message";
import { API, API_3, type Call, get, type MlflowContext, patch, post, remove } from "../route";
import { filterOf, nextPage, orderOf, pagingOf, understood } from "../searchRequest";
import { readTrace, writeTrace } from "../traceMessage";
import { experimentNumber } from "./experiments";

const SEARCH_STANDARD = 100;
const SEARCH_MOST = 500;
const LINK_MOST = 100;
const NOWHERE = "There is no endpoint for spans here: they are among the artifacts.";

/** Clients ask for tags, deletion and links by either path. */
export const traceRoutes = [
  post(`${API_3}/traces`, startTrace),
  post(`${API_3}/traces/search`, searchTraces),
  get(`${API_3}/traces/batchGetInfos`, ({ message, context }) => ({
    trace_infos: context.store.traces.get(textsOf(message, "trace_ids")).map((trace) => writeTrace(context, trace)),
  })),
  get(`${API_3}/traces/get`, noSpans),
  get(`${API_3}/traces/batchGet`, noSpans),
  get(`${API_3}/traces/{id}`, ({ path, context }) => ({
    trace: { trace_info: writeTrace(context, findTrace(context, path.id!)) },
  })),
  ...[API, API_3].flatMap((api) => [
    patch(`${api}/traces/{id}/tags`, ({ path, message, context }) => {
      const key = requiredText(message, "key");
      checkName(key, "key");
      context.store.traces.setTag(path.id!, cut(key, LIMITS.key), cut(textOf(message, "value"), LIMITS.tagValue));
      return undefined;
    }),
    remove(`${api}/traces/{id}/tags`, ({ path, message, context }) => {
      context.store.traces.setTag(path.id!, requiredText(message, "key"), null);
      return undefined;
    }),
    post(`${api}/traces/delete-traces`, deleteTraces),
    post(`${api}/traces/link-to-run`, linkTraces),
  ]),
];

function noSpans(): never {
  throw new MlflowError("NOT_IMPLEMENTED", NOWHERE);
}

function startTrace({ message, context }: Call): JsonObject {
  const info = optionalMessage(optionalMessage(message, "trace") ?? {}, "trace_info") ?? {};
  const trace = context.store.traces.put(readTrace(info));
  return { trace: { trace_info: writeTrace(context, trace) } };
}

function findTrace({ store }: MlflowContext, id: string): Trace {
  const [trace] = store.traces.get([id]);
  if (!trace) throw missing(`Trace with ID '${id}' not found.`);
  return trace;
}

function searchTraces({ message, context }: Call): JsonObject {
  const { limit, token } = pagingOf(message, SEARCH_STANDARD, SEARCH_MOST);
  const experiments = messagesOf(message, "locations").flatMap((location) => {
    const experiment = optionalMessage(location, "mlflow_experiment");
    return experiment ? [experimentNumber(requiredText(experiment, "experiment_id"))] : [];
  });
  const { traces, next } = understood(() =>
    context.store.traces.search({
      experiments,
      filter: filterOf(message, TRACES),
      order: orderOf(message, TRACES),
      limit,
      token,
    }),
  );
  return { traces: traces.map((trace) => writeTrace(context, trace)), ...nextPage(next) };
}

/** Those named, or the oldest up to a time. */
function deleteTraces({ message, context }: Call): JsonObject {
  const experiment = experimentNumber(requiredText(message, "experiment_id"));
  const ids = textsOf(message, "request_ids");
  const until = optionalInteger(message, "max_timestamp_millis");
  if ((ids.length === 0) === (until === undefined)) {
    throw new MlflowError(
      "INVALID_PARAMETER_VALUE",
      "Either `max_timestamp_millis` or `trace_ids` must be specified, but not both.",
    );
  }
  const most = optionalInteger(message, "max_traces") ?? null;
  const which = until === undefined ? { ids } : { until, most };
  return { traces_deleted: context.store.traces.delete(experiment, which) };
}

function linkTraces({ message, context }: Call): undefined {
  const [ids, run] = [textsOf(message, "trace_ids"), requiredText(message, "run_id")];
  if (ids.length > LINK_MOST) {
    const hint = `Cannot link more than ${LINK_MOST} traces to a run in a single request. Provided ${ids.length} traces.`;
    throw new MlflowError("INVALID_PARAMETER_VALUE", hint);
  }
  context.store.traces.link(ids, run);
  return undefined;
}
