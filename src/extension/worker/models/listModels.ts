/** Models and versions as the Models view shows them. */
import { isUngated } from "../../../deploy/gates/ungated";
import type { Deployment } from "../../../domain/deployment";
import type { GateVerdict } from "../../../domain/gate";
import type { Filter } from "../../../domain/search/filter";
import type { Store } from "../../../store/contract";
import type { Model, ModelVersion } from "../../../store/registry/contract";
import type { ModelsApi, ModelView, ServedPlace, VersionDetails, VersionView } from "./api";

const ALL: Filter = { kind: "all", terms: [] };

type Answer<Name extends keyof ModelsApi> = ReturnType<ModelsApi[Name]>;

export function listModels(store: Store | undefined, limit: number): Answer<"listModels"> {
  if (!store) return { models: [], more: false };
  const { models, next } = store.registry.searchModels({ filter: ALL, order: [], limit, token: null });
  return { models: models.map(modelView), more: next !== null };
}

function modelView({ name, description, tags, aliases, latest, updated }: Model): ModelView {
  const newest = latest.length === 0 ? null : Math.max(...latest.map(({ version }) => version));
  return { name, description, tags, aliases, newest, updated };
}

export async function listVersions(
  store: Store | undefined,
  model: string,
  limit: number,
): Promise<Answer<"listModelVersions">> {
  if (!store) return { versions: [], more: false };
  const { versions, next } = store.registry.searchVersions({
    filter: { kind: "comparison", entity: "attribute", key: "name", operator: "=", value: model },
    order: [{ entity: "attribute", key: "version_number", descending: true }],
    limit,
    token: null,
  });
  return { versions: await versionViews(store, versions), more: next !== null };
}

export async function findVersion(
  store: Store | undefined,
  model: string,
  version: number,
): Promise<VersionView | null> {
  const found = store?.registry.version(model, version);
  return store && found ? (await versionViews(store, [found]))[0]! : null;
}

async function versionViews(store: Store, versions: readonly ModelVersion[]): Promise<VersionView[]> {
  const ids = versions.flatMap(({ run }) => run ?? []);
  const runs = new Map(store.getSummaries(ids).map((run) => [run.id, run]));
  const deployments = store.deployments.list();
  const views = versions.map(async (one) => {
    const { model, version, description, tags, aliases, stage, created, user } = one;
    return {
      model,
      version,
      description,
      tags,
      aliases,
      stage,
      created,
      user,
      run: runs.get(one.run ?? "") ?? null,
      gates: countVerdicts(store, model, version),
      served: placesOf(deployments, model, version),
      ungated: await isUngated(store, one),
    };
  });
  return Promise.all(views);
}

function countVerdicts({ gates }: Store, model: string, version: number): Record<GateVerdict, number> {
  const counts = { passed: 0, failed: 0, error: 0, skipped: 0 };
  for (const { verdict } of gates.ofVersion(model, version, { latest: true })) counts[verdict] += 1;
  return counts;
}

function placesOf(deployments: readonly Deployment[], model: string, version: number): ServedPlace[] {
  return deployments.flatMap(({ name, routes }) =>
    routes
      .filter((route) => route.model === model && route.version === version)
      .map(({ role, percent }) => ({ deployment: name, role, percent })),
  );
}

export function versionDetails(store: Store | undefined, model: string, version: number): VersionDetails {
  const found = store?.registry.version(model, version);
  if (!store || !found) return { run: null, code: null, datasets: [], gates: [], served: [] };
  const head = found.run === null ? null : store.getRunHead(found.run);
  return {
    run: found.run === null ? null : (store.getSummaries([found.run])[0] ?? null),
    code: head?.snapshot.code ?? null,
    datasets: head?.snapshot.datasets.filter(({ role }) => role === "read") ?? [],
    gates: store.gates.ofVersion(model, version, { latest: true }),
    served: placesOf(store.deployments.list(), model, version),
  };
}
