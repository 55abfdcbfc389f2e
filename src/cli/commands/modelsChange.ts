/** `modeltrail models register`, `demote`, `archive`, `unarchive`, `alias`, `tag`, `describe` and `rm` */

import { pastGates } from "../../deploy/gates/pastGates";
import { UserError } from "../../domain/errors";
import { toJson } from "../../domain/json";
import { modelsOfRun } from "../../registry/candidates";
import { giveAliases } from "../../registry/giveAliases";
import { toModelName } from "../../registry/names";
import { archive, demote, remove, unarchive } from "../../registry/promote";
import { modelsNear, registerModel } from "../../registry/register";
import { findModel, parseModelReference, resolveVersion, versionName } from "../../registry/resolveVersion";
import type { Store } from "../../store/contract";
import { withStore } from "../open";
import { oneLine, print, table } from "../print";
import { parseTag } from "../tag";

export interface RegisterOptions {
  artifact?: string;
  name?: string;
  description?: string;
  tag?: string[];
  alias?: string[];
  override?: string;
  list?: boolean;
  json?: boolean;
}

export async function registerCommand(reference: string, options: RegisterOptions): Promise<void> {
  const { artifact, description, tag = [], alias = [], override, list, json } = options;
  const tags = Object.fromEntries(tag.map(parseTag));
  await withStore(async (store) => {
    const run = store.resolveRun(reference);
    if (list) return listCandidates(store, run, json);
    const name = options.name ?? toModelName(store.getRunHead(run)!.experiment);
    const instead = "register it without the alias, then: modeltrail models promote MODEL";
    const past = await pastGates(store.root, { model: name, aliases: alias, override, instead });
    const made = await registerModel(store, { run, artifact, name, description, tags, aliases: alias, past });
    if (json) return print(toJson({ ...made.version, artifact: made.path, isNew: made.isNew }, 2));
    const what = oneLine(versionName(made.version));
    if (made.isNew) return print(`Registered ${what}: ${oneLine(made.path)}`);
    const given = { description, tags: tag[0], aliases: alias[0] };
    const set = Object.entries(given).flatMap(([part, value]) => (value === undefined ? [] : part));
    print(`${what} is this model already.${set.length > 0 ? ` Set as given: ${set.join(", ")}.` : ""}`);
  });
}

async function listCandidates(store: Store, run: string, json?: boolean): Promise<void> {
  const known = store.getRun(run)!;
  const found = await modelsOfRun(store, known);
  if (json) return print(toJson(found, 2));
  if (found.length === 0) {
    return print(
      ["The run has no model that can be served.", ...(await modelsNear(store, known)).map(oneLine)].join("\n"),
    );
  }
  print(
    table([["MODEL", "FORMAT", "MADE WITH"], ...found.map((one) => [oneLine(one.path), one.modelFormat, one.flavour])]),
  );
}

export async function demoteCommand(
  name: string,
  { alias, reason, json }: { alias: string; reason?: string; json?: boolean },
): Promise<void> {
  await withStore((store) => {
    const { before, now } = demote(store, name, alias, reason ?? null);
    if (json) return print(toJson({ model: name, alias, before, now: now?.version ?? null }, 2));
    const after = now ? `${versionName(now)} is ${alias} again, as before` : `no version is ${alias} now`;
    print(oneLine(`${name}/${before} is not ${alias} any more: ${after}.`));
  });
}

export async function archiveCommand(
  reference: string,
  { reason, evenDeployed }: { reason: string; evenDeployed?: boolean },
): Promise<void> {
  await withStore((store) => {
    const version = resolveVersion(store, exact(reference));
    const { aliases } = version;
    archive(store, version, reason, { evenDeployed: evenDeployed ?? false });
    const lost = aliases.length > 0 ? ` It was ${aliases.join(", ")}.` : "";
    print(oneLine(`Archived ${versionName(version)}.${lost}`));
  });
}

export async function unarchiveCommand(reference: string, { reason }: { reason?: string }): Promise<void> {
  await withStore((store) => {
    const version = unarchive(store, resolveVersion(store, exact(reference)), reason ?? null);
    print(oneLine(`Took ${versionName(version)} back.`));
  });
}

export async function aliasCommand(
  reference: string,
  aliases: string[],
  { remove: away, override }: { remove?: boolean; override?: string },
): Promise<void> {
  await withStore(async (store) => {
    if (away) return removeAliases(store, reference, aliases);
    const found = resolveVersion(store, exact(reference));
    const { model, version } = found;
    const fresh = aliases.filter((alias) => !found.aliases.includes(alias));
    const instead = `modeltrail models promote ${versionName(found)}`;
    giveAliases(store, found, fresh, await pastGates(store.root, { model, aliases: fresh, override, instead }));
    print(oneLine(`${model}/${version} is ${store.registry.version(model, version)!.aliases.join(", ")}.`));
  });
}

function removeAliases(store: Store, reference: string, aliases: string[]): void {
  const model = findModel(store, parseModelReference(reference).name);
  const unknown = aliases.find((alias) => model.aliases[alias] === undefined);
  if (unknown !== undefined) throw new UserError(`No version of ${model.name} has the alias "${unknown}".`);
  for (const alias of aliases) store.registry.deleteAlias(model.name, alias);
  print(oneLine(`No version of ${model.name} is ${aliases.join(", ")} now.`));
}

/** A tag with nothing behind the equals sign is removed. */
export async function tagModelCommand(reference: string, tags: string[]): Promise<void> {
  const changes = tags.map(parseTag);
  await withStore((store) => {
    const { model, version } = resolveVersion(store, exact(reference));
    for (const [key, value] of changes) store.registry.setVersionTag(model, version, key, value === "" ? null : value);
    const left = Object.entries(store.registry.version(model, version)!.tags).map(([key, value]) => `${key}=${value}`);
    print(oneLine(`${model}/${version}: ${left.length > 0 ? left.join(" ") : "no tags"}`));
  });
}

export async function describeCommand(reference: string, text: string): Promise<void> {
  await withStore((store) => {
    const { name, which } = parseModelReference(reference);
    findModel(store, name);
    if (which === null) store.registry.describeModel(name, text);
    else {
      const { model, version } = resolveVersion(store, reference);
      store.registry.describeVersion(model, version, text);
    }
    print(oneLine(`Described ${reference}.`));
  });
}

export async function removeModelCommand(
  reference: string,
  { all, reason = null }: { all?: boolean; reason?: string | null },
): Promise<void> {
  await withStore((store) => {
    const { name, which } = parseModelReference(reference);
    if (all) {
      if (which !== null) throw new UserError(`--all deletes the whole model: write it as ${name}`);
      remove(store, name, null, reason);
      return print(oneLine(`Deleted ${name} with all its versions.`));
    }
    const version = resolveVersion(store, exact(reference));
    remove(store, name, version.version, reason);
    print(oneLine(`Deleted ${versionName(version)}.`));
  });
}

/** What changes a version names it: "whichever is in use" would be too easily another than was meant. */
function exact(reference: string): string {
  const { name, which } = parseModelReference(reference);
  if (which !== null) return reference;
  throw new UserError(`Say which version of ${name}: ${name}/3, ${name}@champion or ${name}/latest`);
}
