/** `modeltrail import-from` */
import path from "node:path";
import { UserError } from "../../domain/errors";
import { toJson } from "../../domain/json";
import { parseSize } from "../../domain/parseSize";
import type { ImportContext, ImportKind, ImportPlace } from "../../ingest/importers/contract";
import { detectPlaces } from "../../ingest/importers/detect";
import { importers } from "../../ingest/importers/importers";
import { type ImportFromReport, importFrom } from "../../ingest/importers/importFrom";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { gitIn, keepForeignCode } from "../../share/foreignCode";
import type { Store } from "../../store/contract";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { interruptible } from "../interrupt";
import { oneLine, print } from "../print";
import { showProgress } from "../progress";

export interface ImportFromOptions {
  experiment?: string;
  kind?: ImportKind;
  keepUpTo: string;
  artifactRoot?: string[];
  python?: string;
  find?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

export async function importFromCommand(source: string, options: ImportFromOptions): Promise<void> {
  const keepUpTo = parseSize(options.keepUpTo);
  if (keepUpTo === undefined) throw new UserError(`"${options.keepUpTo}" is no size. Write for example 256MB or 2GB.`);
  const { root } = locateRoot(process.cwd());
  const store = openStore(root);
  try {
    const places = await placesOf(source, store, options.kind);
    if (options.find) {
      const told = places.map((place) => ({ ...place, title: importers[place.kind].title }));
      print(
        options.json ? toJson(told, 2) : told.map((place) => `${place.title}  ${oneLine(place.location)}`).join("\n"),
      );
      return;
    }
    const reports: ImportFromReport[] = [];
    for (const place of places) {
      const progress = showProgress(`Importing from ${importers[place.kind].title}`, String);
      const { experiment, dryRun = false } = options;
      const settings = { experiment, dryRun, keepUpTo, onProgress: progress.update };
      const report = await interruptible((signal) =>
        importFrom(store, place, contextOf(store, place, options, signal), settings),
      ).finally(progress.clear);
      reports.push(report);
      if (!options.json) describe(report, dryRun, root);
    }
    if (options.json) print(toJson({ places: reports }, 2));
    if (reports.some(({ runs }) => runs.some(({ outcome }) => outcome === "failed"))) process.exitCode = 1;
  } finally {
    store.close();
  }
}

async function placesOf(source: string, store: Store, kind: ImportKind | undefined): Promise<ImportPlace[]> {
  if (kind === "mlflow-server") return [{ kind, location: source }];
  if (kind) return [{ kind, location: path.resolve(source) }];
  return detectPlaces(source, path.join(store.folder, "tmp"));
}

function contextOf(
  store: Store,
  place: ImportPlace,
  { artifactRoot = [], python }: ImportFromOptions,
  signal: AbortSignal,
): Omit<ImportContext, "temporary"> {
  const isDvc = place.kind === "dvc";
  return {
    root: store.root,
    storeFolder: store.folder,
    git: gitIn(isDvc ? place.location : store.root, signal),
    keepCode: (commit) => keepForeignCode(place.location, store.folder, commit),
    python: {
      program: python ?? (process.platform === "win32" ? "python" : "python3"),
      folder: pythonFolder("importers"),
    },
    artifactRoots: artifactRoot.map((folder) => path.resolve(folder)),
    signal,
  };
}

const WORDS = { imported: "imported", updated: "brought up to date", present: "here already" } as const;

function describe({ kind, location, runs }: ImportFromReport, dryRun: boolean, root: string): void {
  const count = (outcome: string) => runs.filter((run) => run.outcome === outcome).length;
  for (const { id, name, experiment, outcome, problem } of runs) {
    const label = `${id.slice(0, 8)} ${oneLine(experiment)} · ${oneLine(name)}`;
    if (outcome === "imported" || outcome === "updated")
      print(`  ${label}${outcome === "updated" ? " (went on there)" : ""}`);
    if (outcome === "deleted")
      print(`  ${label} was deleted here, and stays so. Get it back: modeltrail restore-run ${id.slice(0, 8)}`);
    if (outcome === "failed") print(`  ${label} could not be read: ${oneLine(problem ?? "")}`);
  }
  const told = (["imported", "updated", "present"] as const)
    .filter((outcome) => count(outcome) > 0 || outcome === "imported")
    .map((outcome) => `${count(outcome)} ${WORDS[outcome]}`);
  const own = count("recorded");
  if (own > 0) told.push(`${own} recorded here in the first place`);
  const what = `${importers[kind].title} ${oneLine(location)}`;
  print(
    `${what}: of ${runs.length} run${runs.length === 1 ? "" : "s"} ${told.join(", ")}${dryRun ? " (nothing was done)" : ` in ${root}`}.`,
  );
}
