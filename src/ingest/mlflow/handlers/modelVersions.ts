/** Versions of the registry's models. */
import { MODEL_VERSIONS } from "../../../domain/search/grammars";
import type { ModelVersion } from "../../../store/registry/contract";
import { PROMPT_TAG } from "../../../store/registry/models";
import { invalid, missing } from "../errors";
import type { JsonObject } from "../json";
import { optionalFlag, requiredText, textOf } from "../message";
import { modelSource } from "../modelSource";
import { modelName, registryTag, registryTags, stageOf, versionNumber, writeVersion } from "../registryRules";
import { API, type Call, get, type MlflowContext, patch, post, remove } from "../route";
import { filterOf, nextPage, orderOf, pagingOf, understood } from "../searchRequest";

const PATH = `${API}/model-versions`;
const SEARCH_STANDARD = 10_000;
const SEARCH_MOST = 200_000;
/** A logged model's own note of the versions that were made of it. */
const VERSIONS_TAG = "mlflow.modelVersions";

export const modelVersionRoutes = [
  post(`${PATH}/create`, createVersion),
  get(`${PATH}/get`, ({ message, context }) => ({ model_version: writeVersion(findVersion(context, message)) })),
  patch(`${PATH}/update`, ({ message, context }) => {
    const [name, version] = [modelName(message), versionNumber(message)];
    const updated = context.store.registry.describeVersion(name, version, textOf(message, "description"));
    return { model_version: writeVersion(updated) };
  }),
  post(`${PATH}/transition-stage`, transitionStage),
  remove(`${PATH}/delete`, ({ message, context }) => {
    context.store.registry.deleteVersion(modelName(message), versionNumber(message));
    return undefined;
  }),
  get(`${PATH}/search`, searchVersions),
  get(`${PATH}/get-download-uri`, ({ message, context }) => ({ artifact_uri: findVersion(context, message).location })),
  post(`${PATH}/set-tag`, ({ message, context }) => {
    const [name, version] = [modelName(message), versionNumber(message)];
    context.store.registry.setVersionTag(name, version, ...registryTag(message));
    return undefined;
  }),
  remove(`${PATH}/delete-tag`, ({ message, context }) => {
    const [name, version] = [modelName(message), versionNumber(message)];
    context.store.registry.setVersionTag(name, version, requiredText(message, "key"), null);
    return undefined;
  }),
];

function findVersion({ store }: MlflowContext, message: JsonObject): ModelVersion {
  const [name, number] = [modelName(message), versionNumber(message)];
  const version = store.registry.version(name, number);
  if (!version) throw missing(`Model Version (name=${name}, version=${number}) not found`);
  return version;
}

function createVersion({ message, context }: Call): JsonObject {
  const model = modelName(message);
  const tags = registryTags(message);
  const source = modelSource(context, {
    source: requiredText(message, "source"),
    run: textOf(message, "run_id") || null,
    loggedModel: textOf(message, "model_id") || null,
    prompt: tags[PROMPT_TAG] === "true",
  });
  const [description, runLink] = [textOf(message, "description"), textOf(message, "run_link")];
  const version = context.store.registry.createVersion({ model, tags, description, runLink, ...source });
  if (version.loggedModel !== null) noteVersion(context, version.loggedModel, version);
  return { model_version: writeVersion(version) };
}

function noteVersion({ store }: MlflowContext, id: string, { model: name, version }: ModelVersion): void {
  const model = store.loggedModels.get(id);
  if (!model || model.deleted) return;
  const versions = [...earlierVersions(model.tags[VERSIONS_TAG]), { name, version }];
  store.loggedModels.setTags(id, { [VERSIONS_TAG]: JSON.stringify(versions) });
}

/** A client can set the tag too. */
function earlierVersions(text = "[]"): unknown[] {
  try {
    const versions: unknown = JSON.parse(text);
    return Array.isArray(versions) ? versions : [];
  } catch {
    return [];
  }
}

function transitionStage({ message, context }: Call): JsonObject {
  const [name, version] = [modelName(message), versionNumber(message)];
  const asked = requiredText(message, "stage");
  const stage = stageOf(asked);
  const archive = optionalFlag(message, "archive_existing_versions") ?? false;
  if (archive && stage !== "Staging" && stage !== "Production") {
    throw invalid(
      `Model version transition cannot archive existing model versions because '${asked}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    );
  }
  return { model_version: writeVersion(context.store.registry.setStage(name, version, stage, archive)) };
}

function searchVersions({ message, context }: Call): JsonObject {
  const { limit, token } = pagingOf(message, SEARCH_STANDARD, SEARCH_MOST);
  const { versions, next } = understood(() =>
    context.store.registry.searchVersions({
      filter: filterOf(message, MODEL_VERSIONS),
      order: orderOf(message, MODEL_VERSIONS),
      limit,
      token,
    }),
  );
  return { model_versions: versions.map(writeVersion), ...nextPage(next) };
}
