/** The registry's models and their aliases. Versions are in modelVersions.ts. */
import { MODELS } from "../../../domain/search/grammars";
import type { Model } from "../../../store/registry/contract";
import { invalid, missing } from "../errors";
import type { JsonObject } from "../json";
import { requiredText, textOf, textsOf } from "../message";
import {
  aliasName,
  modelName,
  newAliasName,
  registryTag,
  registryTags,
  stageOf,
  versionNumber,
  writeModel,
  writeVersion,
} from "../registryRules";
import { API, type Call, get, type MlflowContext, patch, post, remove } from "../route";
import { filterOf, nextPage, orderOf, pagingOf, understood } from "../searchRequest";

const PATH = `${API}/registered-models`;
const SEARCH_STANDARD = 100;
const SEARCH_MOST = 1_000;

export const registeredModelRoutes = [
  post(`${PATH}/create`, ({ message, context }) => {
    const [name, description] = [modelName(message), textOf(message, "description")];
    const model = context.store.registry.createModel({ name, description, tags: registryTags(message) });
    return { registered_model: writeModel(model) };
  }),
  get(`${PATH}/get`, ({ message, context }) => ({
    registered_model: writeModel(findModel(context, modelName(message))),
  })),
  patch(`${PATH}/update`, ({ message, context }) => {
    const model = context.store.registry.describeModel(modelName(message), textOf(message, "description"));
    return { registered_model: writeModel(model) };
  }),
  post(`${PATH}/rename`, ({ message, context }) => {
    const model = context.store.registry.renameModel(modelName(message), modelName(message, "new_name"));
    return { registered_model: writeModel(model) };
  }),
  remove(`${PATH}/delete`, ({ message, context }) => {
    context.store.registry.deleteModel(modelName(message));
    return undefined;
  }),
  get(`${PATH}/search`, searchModels),
  post(`${PATH}/get-latest-versions`, latestVersions),
  get(`${PATH}/get-latest-versions`, latestVersions),
  post(`${PATH}/set-tag`, ({ message, context }) => {
    const name = modelName(message);
    context.store.registry.setModelTag(name, ...registryTag(message));
    return undefined;
  }),
  remove(`${PATH}/delete-tag`, ({ message, context }) => {
    context.store.registry.setModelTag(modelName(message), requiredText(message, "key"), null);
    return undefined;
  }),
  post(`${PATH}/alias`, ({ message, context }) => {
    const name = modelName(message);
    // Gates are of this project, and its clients know nothing of them: that is told where the version is shown.
    context.store.registry.setAlias(name, newAliasName(message), versionNumber(message), { gates: "not asked" });
    return undefined;
  }),
  get(`${PATH}/alias`, versionOfAlias),
  remove(`${PATH}/alias`, ({ message, context }) => {
    context.store.registry.deleteAlias(modelName(message), aliasName(message));
    return undefined;
  }),
];

function findModel({ store }: MlflowContext, name: string): Model {
  const model = store.registry.model(name);
  if (!model) throw missing(`Registered Model with name=${name} not found`);
  return model;
}

function searchModels({ message, context }: Call): JsonObject {
  const { limit, token } = pagingOf(message, SEARCH_STANDARD, SEARCH_MOST);
  const { models, next } = understood(() =>
    context.store.registry.searchModels({
      filter: filterOf(message, MODELS),
      order: orderOf(message, MODELS),
      limit,
      token,
    }),
  );
  return { registered_models: models.map(writeModel), ...nextPage(next) };
}

/** The newest version of each stage asked for, of every one when none is. */
function latestVersions({ message, context }: Call): JsonObject {
  const stages = textsOf(message, "stages").map(stageOf);
  const { latest } = findModel(context, modelName(message));
  const wanted = latest.filter(({ stage }) => stages.length === 0 || stages.includes(stage));
  return { model_versions: wanted.map(writeVersion) };
}

function versionOfAlias({ message, context }: Call): JsonObject {
  const [name, alias] = [modelName(message), aliasName(message)];
  if (alias.toLowerCase() === "latest") {
    const newest = findModel(context, name).latest.toSorted((a, b) => b.version - a.version)[0];
    if (!newest) throw missing(`Latest version not found for model ${name}.`);
    return { model_version: writeVersion(newest) };
  }
  const version = context.store.registry.versionOfAlias(name, alias);
  if (!version) throw invalid(`Registered model alias ${alias} not found.`);
  return { model_version: writeVersion(version) };
}
