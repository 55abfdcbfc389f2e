/** Datasets and models that a run takes in and gives out. */
import type { DatasetInput } from "../../../store/tracking/contract";
import { invalid } from "../errors";
import type { JsonObject } from "../json";
import { checkLength, LIMITS } from "../limits";
import { messagesOf, optionalInteger, optionalMessage, requiredText, textOf } from "../message";
import { API, post } from "../route";

export const inputRoutes = [
  post(`${API}/runs/log-inputs`, ({ message, context }) => {
    context.store.tracking.logInputs(requiredText(message, "run_id"), {
      datasets: messagesOf(message, "datasets").map(readDatasetInput),
      models: messagesOf(message, "models").map((model) => requiredText(model, "model_id")),
    });
    return undefined;
  }),
  post(`${API}/runs/outputs`, ({ message, context }) => {
    const models = messagesOf(message, "models").map((model) => ({
      model: requiredText(model, "model_id"),
      step: optionalInteger(model, "step") ?? 0,
    }));
    context.store.tracking.logOutputs(requiredText(message, "run_id"), models);
    return undefined;
  }),
];

function readDatasetInput(message: JsonObject): DatasetInput {
  const sent = optionalMessage(message, "dataset");
  if (!sent) throw invalid("Dataset input must have a dataset associated with it.");
  const dataset = {
    name: requiredText(sent, "name"),
    digest: requiredText(sent, "digest"),
    sourceType: requiredText(sent, "source_type"),
    source: requiredText(sent, "source"),
    schema: textOf(sent, "schema"),
    profile: textOf(sent, "profile"),
  };
  checkLength("name", LIMITS.datasetName, dataset.name);
  checkLength("digest", LIMITS.datasetDigest, dataset.digest);
  checkLength("source", LIMITS.datasetSource, dataset.source);
  checkLength("schema", LIMITS.datasetSchema, dataset.schema);
  checkLength("profile", LIMITS.datasetProfile, dataset.profile);
  const tags = messagesOf(message, "tags").map((tag) => [requiredText(tag, "key"), textOf(tag, "value")] as const);
  for (const [key, value] of tags) {
    checkLength("key", LIMITS.inputTagKey, key);
    checkLength("value", LIMITS.inputTagValue, value);
  }
  return { dataset, tags: Object.fromEntries(tags) };
}
