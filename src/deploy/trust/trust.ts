/**
 * Whose models may run code here. Most formats of models are programs: reading one does whatever its file says. That is asked
 * for once for each source of models.
 */
import { hostname } from "node:os";
import { UserError } from "../../domain/errors";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";

export interface TrustSource {
  /** Another text for another source. */
  key: string;
  /** As a sentence goes on: "runs that were recorded here". */
  name: string;
}

/** Asks the user; true: yes, from now on. */
export type AskTrust = (question: string, source: TrustSource) => Promise<boolean>;

/** Where the version's files come from. */
export function sourceOf(store: Store, version: ModelVersion): TrustSource {
  const { run, location, model } = version;
  const isOfRun = run !== null && !isElsewhere(store, run, location);
  if (isOfRun && store.getSummaries([run]).length > 0) {
    if (store.runSource(run) !== "import") return keyed(store, "runs", "runs that were recorded in this project");
    return keyed(store, `run ${run}`, `the imported run ${store.getSummaries([run])[0]!.name}`);
  }
  if (location === "") return keyed(store, `model ${model}`, `the model ${model}`);
  const place = /^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.exec(location)?.[0] ?? location;
  return keyed(store, `address ${place}`, place);
}

/** Files that the run's own record does not have, whatever the version says that it is of. */
function isElsewhere(store: Store, run: string, location: string): boolean {
  if (/^(?:runs|models|mlflow-artifacts):/i.test(location) || location === "") return false;
  const file = location.replace(/^file:(?:\/\/)?/i, "");
  const own = [store.folder, store.root].some(
    (folder) => file.startsWith(`${folder}/`) || file.startsWith(`${folder}\\`),
  );
  return !own && !file.includes(run);
}

/** The machine and the folder are named: a store that somebody else sends along is not trusted for having said so there. */
function keyed(store: Store, key: string, name: string): TrustSource {
  return { key: `${key} ${hostname()} ${store.root}`, name };
}

/** Asks unless the source is trusted already. Throws UserError when it is not to be. */
export async function requireTrust(store: Store, version: ModelVersion, ask: AskTrust): Promise<void> {
  const source = sourceOf(store, version);
  if (store.trust.isTrusted(source.key)) return;
  if (!(await ask(questionOf(version, source), source))) {
    throw new UserError(
      `${nameOf(version)} was not read: reading it runs code that its file contains, and ${source.name} ${source.name.startsWith("runs") ? "are" : "is"} not trusted to do so. Allow it with --trust, or register the model in a format that holds data only (skops, ONNX, XGBoost's and LightGBM's own).`,
    );
  }
  store.trust.trust(source.key);
}

const nameOf = ({ model, version }: ModelVersion) => `${model}/${version}`;

function questionOf(version: ModelVersion, source: TrustSource): string {
  return `Reading ${nameOf(version)} runs code that its file contains. Trust models of ${source.name}?`;
}
