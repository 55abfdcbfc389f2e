/** Which dataset and version a word on the command line means. */
import { UserError } from "../domain/errors";
import type { DatasetVersionSummary, Store } from "../store/contract";

/** Throws UserError when runs have used no dataset of this name. */
export function checkDataset(store: Store, name: string): void {
  const names = store.listDatasets().map((dataset) => dataset.name);
  if (names.includes(name)) return;
  if (names.length === 0) throw new UserError("No run has used a dataset yet.");
  const near = names.filter((one) => one.includes(name));
  const shown = (near.length > 0 ? near : names).slice(0, 10);
  throw new UserError(
    `There is no dataset "${name}". There are: ${shown.join(", ")}. \`modeltrail data ls\` lists all.`,
  );
}

/** `reference`: the beginning of a version (4 digits or more), "latest", "previous", or a run that used the dataset. */
export function resolveVersion(store: Store, name: string, reference: string): string {
  if (reference === "latest" || reference === "previous") return recentVersion(store, name, reference);
  const found: string[] = [];
  if (/^[0-9a-f]{4,64}$/.test(reference)) {
    for (const { version } of allVersions(store, name)) if (version.startsWith(reference)) found.push(version);
  }
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const candidates = found.slice(0, 5).map((version) => version.slice(0, 16));
    throw new UserError(`"${reference}" is the beginning of ${found.length} versions: ${candidates.join(", ")}.`);
  }
  return versionOfRun(store, name, reference);
}

function recentVersion(store: Store, name: string, reference: "latest" | "previous"): string {
  const { versions } = store.listDatasetVersions(name, { limit: 2 });
  const chosen = versions[reference === "latest" ? 0 : 1];
  if (!chosen) throw new UserError(`The dataset "${name}" has one version only: there is nothing to compare it with.`);
  return chosen.version;
}

function* allVersions(store: Store, name: string): Generator<DatasetVersionSummary> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = store.listDatasetVersions(name, { limit: 1_000, cursor });
    yield* page.versions;
    cursor = page.next;
  }
}

/** What the run read; what it wrote when it read none. */
function versionOfRun(store: Store, name: string, reference: string): string {
  let run: ReturnType<Store["getRunHead"]>;
  try {
    run = store.getRunHead(store.resolveRun(reference));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const advice = `\`modeltrail data versions ${name}\` lists its versions.`;
    throw new UserError(`"${reference}" is neither a version of "${name}" nor a run. ${advice}`);
  }
  const uses = run!.snapshot.datasets.filter((dataset) => dataset.name === name);
  const use = uses.find(({ role }) => role === "read") ?? uses[0];
  if (!use) throw new UserError(`The run ${run!.name} did not use the dataset "${name}".`);
  return use.version;
}
