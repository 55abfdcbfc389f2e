/** What the Models view changes. The registry's rooms are loaded when first used: most windows only look. */
import { UserError } from "../../../domain/errors";
import type { Store } from "../../../store/contract";
import type { ModelVersion } from "../../../store/registry/contract";
import type { CardForm, ModelsApi, RunModels, VersionAddress } from "./api";

const MOST_NAMES = 200;

export async function modelsOfRun(store: Store, id: string): Promise<RunModels> {
  const [{ modelsOfRun }, { toModelName }] = await Promise.all([
    import("../../../registry/candidates"),
    import("../../../registry/names"),
  ]);
  const run = store.getRun(id);
  if (!run) throw new UserError("This run is no longer there.");
  const found = await modelsOfRun(store, run);
  const { models } = store.registry.searchModels({
    filter: { kind: "all", terms: [] },
    order: [],
    limit: MOST_NAMES,
    token: null,
  });
  return {
    models: found.map(({ path, flavour, modelFormat, loggedModel }) => ({ path, flavour, modelFormat, loggedModel })),
    name: toModelName(run.experiment),
    names: models.map(({ name }) => name),
    versions: store.registry
      .versionsOfRun(id)
      .filter(({ stage }) => stage !== "Archived")
      .map(({ model, version }) => ({ model, version })),
  };
}

export async function register(
  store: Store,
  asked: Omit<Parameters<ModelsApi["registerModel"]>[0], "root">,
): Promise<VersionAddress & { isNew: boolean }> {
  const { registerModel } = await import("../../../registry/register");
  const { version, isNew } = await registerModel(store, asked);
  return { model: version.model, version: version.version, isNew };
}

/** Throws UserError where gates decide who has the alias. */
export async function setAlias(store: Store, version: VersionAddress, alias: string): Promise<void> {
  const [{ pastGates }, { giveAliases }] = await Promise.all([
    import("../../../deploy/gates/pastGates"),
    import("../../../registry/giveAliases"),
  ]);
  const { model } = version;
  const past = await pastGates(store.root, { model, aliases: [alias], instead: "Promote to Champion" });
  giveAliases(store, version, [alias], past);
}

export async function demote(store: Store, model: string, alias: string): Promise<{ now: number | null }> {
  const { demote } = await import("../../../registry/promote");
  return { now: demote(store, model, alias).now?.version ?? null };
}

export async function archive(
  store: Store,
  version: VersionAddress,
  reason: string,
  evenDeployed: boolean,
): Promise<void> {
  const { archive } = await import("../../../registry/promote");
  archive(store, version, reason, { evenDeployed });
}

export async function unarchive(store: Store, version: VersionAddress): Promise<void> {
  const { unarchive } = await import("../../../registry/promote");
  unarchive(store, version);
}

export function describe({ registry }: Store, model: string, version: number | null, description: string): void {
  if (version === null) registry.describeModel(model, description);
  else registry.describeVersion(model, version, description);
}

export function setTags(
  { registry }: Store,
  model: string,
  version: number | null,
  tags: Record<string, string | null>,
): void {
  const now = (version === null ? registry.model(model) : registry.version(model, version))?.tags ?? {};
  for (const [key, value] of Object.entries(tags)) {
    // The audit log tells of changes only.
    if ((now[key] ?? null) === value) continue;
    if (version === null) registry.setModelTag(model, key, value);
    else registry.setVersionTag(model, version, key, value);
  }
}

export async function card(store: Store, address: VersionAddress): Promise<string> {
  const { modelCard } = await import("../../../registry/card");
  return modelCard(store, needVersion(store, address));
}

export async function cardForm(store: Store | undefined, { model, version }: VersionAddress): Promise<CardForm | null> {
  const found = store?.registry.version(model, version);
  if (!store || !found) return null;
  const { cardForm } = await import("../../../registry/cardTexts");
  return { text: cardForm(store, found), updated: found.updated };
}

export async function fillCard(store: Store, address: VersionAddress, text: string): Promise<void> {
  const { fillCard, isCard, readCardTexts } = await import("../../../registry/cardTexts");
  if (!isCard(text)) {
    throw new UserError(
      "The marks of the parts are gone, so that it is not known what is which. Undo that, and save again.",
    );
  }
  fillCard(store, needVersion(store, address), readCardTexts(text));
}

function needVersion({ registry }: Store, { model, version }: VersionAddress): ModelVersion {
  const found = registry.version(model, version);
  if (found) return found;
  throw new UserError(`There is no version ${version} of ${model} any more.`);
}

/** A model whose files cannot be found needs no trust: whoever reads it will say so. */
export async function trustNeeded(store: Store, address: VersionAddress): Promise<{ source: string } | null> {
  const version = needVersion(store, address);
  const { sourceOf } = await import("../../../deploy/trust/trust");
  const source = sourceOf(store, version);
  if (store.trust.isTrusted(source.key) || !(await executesCode(store, version))) return null;
  return { source: source.name };
}

export async function trustSource(store: Store, address: VersionAddress): Promise<void> {
  const { sourceOf } = await import("../../../deploy/trust/trust");
  store.trust.trust(sourceOf(store, needVersion(store, address)).key);
}

export async function trustedSources(store: Store | undefined) {
  if (!store) return [];
  const { trustedInWords, trustedSources } = await import("../../../deploy/trust/trusted");
  return trustedSources(store).map((one) => ({ source: one.source, time: one.time, words: trustedInWords(one) }));
}

async function executesCode(store: Store, version: ModelVersion): Promise<boolean> {
  const [{ findModelFiles }, { findFormat }] = await Promise.all([
    import("../../../deploy/bundle/modelFiles"),
    import("../../../deploy/bundle/modelFormat"),
  ]);
  try {
    return (await findFormat(await findModelFiles(store, version))).executesCode;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
