/** Runs as the wire has them. */
import type { DatasetInput, LoggedMetric, TrackedRun, TrackedRunData } from "../../store/tracking/contract";
import { runLocation } from "./artifactRoot";
import { type JsonObject, toInt64, writeJson } from "./json";
import type { MlflowContext } from "./route";

export function writeRunInfo(context: MlflowContext, run: TrackedRun): JsonObject {
  return {
    run_uuid: run.id,
    run_id: run.id,
    run_name: run.name,
    experiment_id: String(run.experiment),
    user_id: run.user,
    status: run.status,
    start_time: Math.trunc(run.startTime),
    ...(run.endTime === null ? {} : { end_time: Math.trunc(run.endTime) }),
    artifact_uri: runLocation(context, run),
    lifecycle_stage: run.deleted ? "deleted" : "active",
  };
}

export function writeRun(context: MlflowContext, run: TrackedRunData): JsonObject {
  return {
    info: writeRunInfo(context, run),
    data: {
      metrics: run.metrics.map((metric) => writeMetric(metric)),
      params: writePairs(run.params),
      tags: writePairs(run.tags),
    },
    inputs: {
      dataset_inputs: run.datasetInputs.map(writeDatasetInput),
      model_inputs: run.modelInputs.map((model_id) => ({ model_id })),
    },
    outputs: { model_outputs: run.modelOutputs.map(({ model, step }) => ({ model_id: model, step: toInt64(step) })) },
  };
}

export function writePairs(record: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function writeMetric({ key, value, time, step }: LoggedMetric): JsonObject {
  return { key, value, timestamp: toInt64(Math.trunc(time)), step: toInt64(step) };
}

function writeDatasetInput({ dataset, tags }: DatasetInput): JsonObject {
  const { name, digest, sourceType: source_type, source, schema, profile } = dataset;
  return {
    tags: writePairs(tags),
    dataset: { name, digest, source_type, source, ...(schema && { schema }), ...(profile && { profile }) },
  };
}

/** `writeRun` as JSON, with metrics that are written already: see `SearchStore.metricTexts`. */
export function runText(context: MlflowContext, run: TrackedRunData, metrics: string): string {
  const { info, data, inputs, outputs } = writeRun(context, run) as Record<string, JsonObject>;
  const { params, tags } = data!;
  const logged = `{"metrics":[${metrics}],"params":${JSON.stringify(params)},"tags":${JSON.stringify(tags)}}`;
  return `{"info":${JSON.stringify(info)},"data":${logged},"inputs":${JSON.stringify(inputs)},"outputs":${writeJson(outputs)}}`;
}
