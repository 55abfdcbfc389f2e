/** `modeltrail models`, `models versions` and `models show` */
import { isUngated, UNGATED } from "../../deploy/gates/ungated";
import type { Deployment } from "../../domain/deployment";
import { formatAgo, formatNumber, formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import { ownTags } from "../../domain/tags";
import { versionLineage } from "../../registry/lineage";
import { ARCHIVED_TAG } from "../../registry/promote";
import { CHAMPION, findModel, resolveVersion, versionName } from "../../registry/resolveVersion";
import type { Store } from "../../store/contract";
import type { Model, ModelVersion } from "../../store/registry/contract";
import { openProject, withStore } from "../open";
import { metricsInShort, oneLine, pairs, print, styled, table } from "../print";
import { count } from "../sweepOptions";

const MOST_MODELS = 1_000;
const METRICS = 3;

export async function listModelsCommand(options: { json?: boolean }): Promise<void> {
  const store = await openProject();
  try {
    const models = store ? allModels(store) : [];
    if (options.json) return print(toJson(models, 2));
    if (!store || models.length === 0) {
      return print("No models yet. Make one of a run's: modeltrail models register RUN");
    }
    const rows = models.map(({ name, latest, aliases, updated }) => [
      oneLine(name),
      String(Math.max(0, ...latest.map(({ version }) => version))),
      oneLine(
        Object.entries(aliases)
          .map(([alias, version]) => `${alias}=${version}`)
          .join(" "),
      ),
      formatAgo(updated, Date.now()),
    ]);
    print(table([["MODEL", "NEWEST", "ALIASES", "CHANGED"], ...rows]));
  } finally {
    store?.close();
  }
}

function allModels(store: Store): Model[] {
  const search = { filter: { kind: "all" as const, terms: [] }, order: [], limit: MOST_MODELS, token: null };
  return store.registry.searchModels(search).models;
}

export async function listVersionsCommand(name: string, options: { limit: string; json?: boolean }): Promise<void> {
  const limit = count("--limit", options.limit)!;
  await withStore((store) => {
    findModel(store, name);
    const { versions } = store.registry.searchVersions({
      filter: { kind: "comparison", entity: "attribute", key: "name", operator: "=", value: name },
      order: [{ entity: "attribute", key: "version_number", descending: true }],
      limit,
      token: null,
    });
    if (options.json) return print(toJson(versions, 2));
    if (versions.length === 0) return print(`${oneLine(name)} has no version yet.`);
    const ids = versions.flatMap(({ run }) => run ?? []);
    const runs = new Map(store.getSummaries(ids).map((run) => [run.id, run]));
    const rows = versions.map((version) => {
      const run = version.run === null ? undefined : runs.get(version.run);
      return [
        String(version.version),
        oneLine([...version.aliases, ...(version.stage === "None" ? [] : [version.stage.toLowerCase()])].join(" ")),
        run ? oneLine(run.name) : (version.run?.slice(0, 8) ?? ""),
        run ? metricsInShort(run, METRICS) : "",
        formatAgo(version.created, Date.now()),
      ];
    });
    print(table([["VERSION", "ALIASES", "RUN", "METRICS", "REGISTERED"], ...rows]));
  });
}

export async function showModelCommand(reference: string, options: { json?: boolean }): Promise<void> {
  await withStore(async (store) => {
    const version = resolveVersion(store, reference);
    const ungated = await isUngated(store, version);
    if (options.json) return print(toJson({ ...versionForJson(store, version), ungated }, 2));
    print(versionText(store, version, ungated));
  });
}

function versionForJson(store: Store, version: ModelVersion): object {
  const { run, parents } = versionLineage(store, version);
  return {
    ...version,
    files: store.registry.files(version.model, version.version),
    gates: store.gates.ofVersion(version.model, version.version, { latest: true }),
    deployments: servedBy(store, version).map(({ name }) => name),
    lineage: {
      run: run && { id: run.id, name: run.name, experiment: run.experiment },
      code: run?.snapshot.code ?? null,
      datasets: run?.snapshot.datasets ?? [],
      parents,
    },
  };
}

function versionText(store: Store, version: ModelVersion, ungated: boolean): string {
  const { run, parents } = versionLineage(store, version);
  const state = [...version.aliases, ...(version.stage === "None" ? [] : [version.stage.toLowerCase()])].join(", ");
  const code = run?.snapshot.code;
  const data = run?.snapshot.datasets.filter(({ role }) => role === "read") ?? [];
  const facts: [string, string][] = [
    ["description", version.description],
    [CHAMPION, ungated ? UNGATED : ""],
    ["archived because", version.tags[ARCHIVED_TAG] ?? ""],
    ["registered", new Date(version.created).toLocaleString()],
    ["run", run ? `${run.name}  ${run.id}` : (version.run ?? "")],
    ["source", version.source],
    ["code", code?.commit ? `${code.commit.slice(0, 10)}${code.dirty ? " (with uncommitted changes)" : ""}` : ""],
    ["data", data.map((one) => `${one.name} ${one.version.slice(0, 12)}`).join(", ")],
    ["made from", parents.map(versionName).join(", ")],
    ["metrics", run ? metricsInShort(run, METRICS) : ""],
    [
      "served by",
      servedBy(store, version)
        .map(({ name }) => name)
        .join(", "),
    ],
  ];
  const tags = Object.entries(ownTags(version.tags)).filter(([key]) => !key.startsWith("modeltrail."));
  const files = store.registry.files(version.model, version.version);
  const gates = store.gates.ofVersion(version.model, version.version, { latest: true });
  const parts = [
    `${styled(oneLine(versionName(version)), "bold")}${state && `  ${oneLine(state)}`}`,
    pairs(facts.filter(([, value]) => value !== "").map(([key, value]) => [key, oneLine(value)])),
    section(
      "Gates",
      gates.map(({ gate, verdict, summary }) => [`${verdict}`, `${gate}: ${summary}`]),
    ),
    section("Tags", tags),
    section(
      "Files",
      files.slice(0, FILES).map(({ path, sha256, size }) => [path, `${sha256.slice(0, 10)}  ${formatSize(size)}`]),
    ),
    files.length > FILES ? `  and ${formatNumber(files.length - FILES)} more (--json lists all)` : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

const FILES = 12;

function section(title: string, entries: [string, string][]): string {
  if (entries.length === 0) return "";
  return `${styled(title, "bold")}\n${pairs(entries.map(([key, value]) => [oneLine(key), oneLine(value)]))}`;
}

function servedBy(store: Store, { model, version }: ModelVersion): Deployment[] {
  const serves = (route: { model: string; version: number }) => route.model === model && route.version === version;
  return store.deployments.list().filter(({ routes }) => routes.some(serves));
}
