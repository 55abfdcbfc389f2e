/** Traces on the wire: protobuf's JSON of times (RFC 3339) and durations ("1.5s"). */
import { maskValue } from "../../domain/secrets";
import { TRACE_STATES, type Trace } from "../../store/traces/contract";
import { artifactUri } from "./artifactRoot";
import { invalid } from "./errors";
import { experimentNumber } from "./handlers/experiments";
import type { JsonObject } from "./json";
import { cut, LIMITS } from "./limits";
import { messagesOf, optionalEnum, optionalMessage, requiredText, textOf } from "./message";

/** As clients make them; it becomes the name of a folder. */
const TRACE_ID = /^tr-[0-9a-f]{32}$/;
const LOCATION_TAG = "mlflow.artifactLocation";
const PREVIEW_LIMIT = 10_000;

/** Throws MlflowError for one that cannot be. */
export function readTrace(info: JsonObject): Trace {
  const id = requiredText(info, "trace_id");
  if (!TRACE_ID.test(id)) throw invalid(`Invalid trace ID '${id.slice(0, 100)}'. It must be 'tr-' and 32 digits.`);
  const location = optionalMessage(optionalMessage(info, "trace_location") ?? {}, "mlflow_experiment") ?? {};
  const { [LOCATION_TAG]: _place, ...tags } = textsIn(info, "tags");
  return {
    id,
    experiment: experimentNumber(requiredText(location, "experiment_id")),
    time: timeOf(textOf(info, "request_time")),
    duration: durationOf(textOf(info, "execution_duration")),
    state: optionalEnum(info, "state", TRACE_STATES, 0) ?? "STATE_UNSPECIFIED",
    clientId: textOf(info, "client_request_id"),
    request: cut(textOf(info, "request_preview"), PREVIEW_LIMIT),
    response: cut(textOf(info, "response_preview"), PREVIEW_LIMIT),
    metadata: textsIn(info, "trace_metadata"),
    tags,
    assessments: messagesOf(info, "assessments"),
  };
}

function textsIn(message: JsonObject, field: string): Record<string, string> {
  const map = optionalMessage(message, field) ?? {};
  const texts = Object.keys(map).map((key): [string, string] => {
    return [key, maskValue(key, cut(textOf(map, key), LIMITS.tagValue))];
  });
  return Object.fromEntries(texts);
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid(`Invalid value '${text}' for parameter 'request_time' supplied.`);
  return time;
}

function durationOf(text: string): number | null {
  if (text === "") return null;
  const seconds = /^(-?\d+(?:\.\d+)?)s$/.exec(text)?.[1];
  if (seconds === undefined) throw invalid(`Invalid value '${text}' for parameter 'execution_duration' supplied.`);
  return Math.round(Number(seconds) * 1_000);
}

/** Its spans are where the tag says. */
export function writeTrace(context: Parameters<typeof artifactUri>[0], trace: Trace): JsonObject {
  const { id, duration, clientId, request, response, assessments } = trace;
  return {
    trace_id: id,
    trace_location: {
      type: "MLFLOW_EXPERIMENT",
      mlflow_experiment: { experiment_id: String(trace.experiment) },
    },
    request_time: new Date(trace.time).toISOString(),
    ...(duration !== null && { execution_duration: `${duration / 1_000}s` }),
    state: trace.state,
    ...(clientId && { client_request_id: clientId }),
    ...(request && { request_preview: request }),
    ...(response && { response_preview: response }),
    trace_metadata: trace.metadata,
    tags: { ...trace.tags, [LOCATION_TAG]: artifactUri(context, "traces", id, "artifacts") },
    ...(assessments.length > 0 && { assessments }),
  };
}
