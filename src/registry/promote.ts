/** What becomes of versions: promoted, demoted, archived, taken back and deleted, each with who, why and on what evidence. */
import { modelSubject } from "../domain/audit";
import { UserError } from "../domain/errors";
import { allPassed, type GateResult } from "../domain/gate";
import { isSystemMetric } from "../domain/systemMetrics";
import type { Store } from "../store/contract";
import type { ModelVersion } from "../store/registry/contract";
import { checkAlias } from "./names";
import { overrideGates, shownResults } from "./overrideGates";
import { CHAMPION, findModel, versionName } from "./resolveVersion";

/** The tag in which the reason for archiving a version stands. */
export const ARCHIVED_TAG = "modeltrail.archived";

export interface Promotion {
  version: ModelVersion;
  /** Default: champion. */
  alias?: string | undefined;
  reason?: string | undefined;
  /** Finds out whether the version may be promoted. Not asked when it has the alias already. */
  gates?: ((version: ModelVersion) => Promise<GateResult[]>) | undefined;
  /** Why it is promoted although a gate holds it back. */
  override?: string | undefined;
}

export interface Promoted {
  version: ModelVersion;
  alias: string;
  /** The version that had the alias before; `demote` gives it back. Null: none had. */
  before: number | null;
  /** What was found out; empty when nothing was asked. */
  gates: GateResult[];
  /** False: it had the alias already. */
  isNew: boolean;
}

/** Gives the version the alias. Throws UserError when gates hold it back, with what they found. */
export async function promote(store: Store, asked: Promotion): Promise<Promoted> {
  const { version, reason = null, override } = asked;
  const { model, version: number } = version;
  const alias = checkAlias(asked.alias ?? CHAMPION);
  refuseArchived(version);
  const before = findModel(store, model).aliases[alias] ?? null;
  if (before === number) return { version, alias, before, gates: [], isNew: false };
  const gates = (await asked.gates?.(version)) ?? [];
  const held = !allPassed(gates);
  if (held && !override?.trim()) throw new UserError(heldBack(version, alias, gates));
  const { registry, audit } = store;
  const subject = modelSubject(model, number);
  return audit.act(
    () => {
      // Others may have been at work while gates ran.
      const now = registry.version(model, number);
      if (!now) throw new UserError(`There is no version ${number} of ${model} any more.`);
      refuseArchived(now);
      if (held) overrideGates(store, gates, override!);
      const previous = registry.model(model)!.aliases[alias] ?? null;
      registry.setAlias(model, alias, number);
      return { version: registry.version(model, number)!, alias, before: previous, gates, isNew: true };
    },
    (result) => ({
      action: "version.promote",
      subject,
      reason: reason ?? (held ? override! : null),
      evidence: {
        alias,
        before: result.before,
        run: version.run,
        metrics: metricsOf(store, version),
        ...shownResults(gates),
      },
    }),
  );
}

function refuseArchived(version: ModelVersion): void {
  if (version.stage !== "Archived") return;
  const name = versionName(version);
  throw new UserError(`${name} is archived. Take it back first: modeltrail models unarchive ${name}`);
}

function heldBack(version: ModelVersion, alias: string, gates: readonly GateResult[]): string {
  const failed = gates.filter((gate) => !allPassed([gate]));
  const list = failed.map(({ gate, summary }) => `  ${gate}: ${summary}`).join("\n");
  const count = failed.length === 1 ? "A gate holds" : `${failed.length} gates hold`;
  return `${count} ${versionName(version)} back from becoming ${alias}:\n${list}\nTo promote it all the same: --override REASON`;
}

/** Last values of what the run measured itself. */
function metricsOf(store: Store, { run }: ModelVersion): Record<string, number> {
  const [summary] = run === null ? [] : store.getSummaries([run]);
  const metrics = Object.entries(summary?.metrics ?? {}).filter(([name]) => !isSystemMetric(name));
  return Object.fromEntries(metrics.slice(0, MOST_METRICS).map(([name, { last }]) => [name, last]));
}

const MOST_METRICS = 50;

export interface Demoted {
  alias: string;
  /** The version that had it. */
  before: number;
  /** The one that has it again; null: there was none before, and no version has it now. */
  now: ModelVersion | null;
}

/** Gives the alias back to the version that had it before. Throws UserError when no version has it. */
export function demote(store: Store, model: string, alias = CHAMPION, reason: string | null = null): Demoted {
  const { registry, audit } = store;
  return audit.act(
    (): Demoted => {
      const before = findModel(store, model).aliases[alias];
      if (before === undefined) throw new UserError(`No version of ${model} is ${alias}.`);
      return { alias, before, now: registry.restoreAlias(model, alias) };
    },
    ({ before, now }) => ({
      action: "version.demote",
      subject: modelSubject(model, before),
      reason,
      evidence: { alias, now: now?.version ?? null },
    }),
  );
}

/**
 * Puts the version away: it keeps its files and loses its aliases. Throws UserError while it is deployed, unless `evenDeployed`:
 * what serves it goes on.
 */
export function archive(
  store: Store,
  { model, version }: Pick<ModelVersion, "model" | "version">,
  reason: string,
  options: { evenDeployed?: boolean } = {},
): ModelVersion {
  const { registry, audit } = store;
  if (reason.trim() === "") throw new UserError("Say why it is archived: --reason TEXT");
  let evidence: Record<string, unknown> = {};
  return audit.act(
    () => {
      const { aliases } = need(store, model, version);
      const deployments = registry.servedBy(model, version);
      if (deployments.length > 0 && !options.evenDeployed) {
        const names = deployments.join(", ");
        throw new UserError(
          `${model}/${version} is served by ${names}. Deploy another version there or undeploy it first, or archive it all the same: --even-deployed`,
        );
      }
      for (const alias of aliases) registry.deleteAlias(model, alias);
      registry.setStage(model, version, "Archived", false);
      registry.setVersionTag(model, version, ARCHIVED_TAG, reason);
      evidence = { aliases, deployments };
      return registry.version(model, version)!;
    },
    () => ({ action: "version.archive", subject: modelSubject(model, version), reason, evidence }),
  );
}

/** Takes it back; its aliases stay where they are. */
export function unarchive(
  store: Store,
  { model, version }: Pick<ModelVersion, "model" | "version">,
  reason: string | null = null,
): ModelVersion {
  const { registry, audit } = store;
  return audit.act(
    () => {
      if (need(store, model, version).stage !== "Archived") throw new UserError(`${model}/${version} is not archived.`);
      registry.setStage(model, version, "None", false);
      registry.setVersionTag(model, version, ARCHIVED_TAG, null);
      return registry.version(model, version)!;
    },
    () => ({ action: "version.unarchive", subject: modelSubject(model, version), reason }),
  );
}

/**
 * Deletes a version with its files, or with `version` null the model with all of them; what it was stays in the audit log. Throws
 * UserError while it is deployed.
 */
export function remove(store: Store, model: string, version: number | null, reason: string | null = null): void {
  const { registry, audit } = store;
  audit.act(
    () => {
      if (version === null) findModel(store, model);
      else need(store, model, version);
      const [deployment] = registry.servedBy(model, version);
      const name = version === null ? model : `${model}/${version}`;
      if (deployment) {
        throw new UserError(`${name} is served by ${deployment}. Deploy another version there or undeploy it first.`);
      }
      if (version === null) registry.deleteModel(model);
      else registry.deleteVersion(model, version);
    },
    () =>
      reason === null
        ? null
        : {
            action: version === null ? "model.remove" : "version.remove",
            subject: modelSubject(model, version ?? undefined),
            reason,
          },
  );
}

function need(store: Store, model: string, version: number): ModelVersion {
  const found = store.registry.version(model, version);
  if (!found) throw new UserError(`There is no version ${version} of ${model}.`);
  return found;
}
