/** `modeltrail import-from` */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { toJson } from "../../domain/json";
import { parseSize } from "../../domain/parseSize";
import type { ImportContext, ImportKind, ImportPlace } from "../../ingest/importers/contract";
import { detectPlaces } from "../../ingest/importers/detect";
import { importers } from "../../ingest/importers/importers";
import { FROM_TAG, type ImportFromReport, importFrom, originOf } from "../../ingest/importers/importFrom";
import { shownAddress } from "../../ingest/importers/mlflowClient";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { gitIn, keepForeignCode } from "../../share/foreignCode";
import type { Store } from "../../store/contract";
import { locateRoot, storeExists } from "../../store/locate";
import { openStore } from "../../store/open";
import { interruptible } from "../interrupt";
import { oneLine, print } from "../print";
import { reportProgress, showProgress } from "../progress";

export interface ImportFromOptions {
  experiment?: string;
  kind?: ImportKind;
  keepUpTo: string;
  artifactRoot?: string[];
  python?: string;
  find?: boolean;
  dryRun?: boolean;
  json?: boolean;
  progress?: boolean;
}

export async function importFromCommand(source: string, options: ImportFromOptions): Promise<void> {
  const keepUpTo = parseSize(options.keepUpTo);
  if (keepUpTo === undefined) throw new UserError(`"${options.keepUpTo}" is no size. Write for example 256MB or 2GB.`);
  const { root } = locateRoot(process.cwd());
  // What only looks makes nothing in the project.
  const onlyLooks = Boolean(options.find || options.dryRun) && !storeExists(root);
  const elsewhere = onlyLooks ? await mkdtemp(path.join(tmpdir(), "modeltrail-import-")) : undefined;
  try {
    await importInto(root, elsewhere, source, options, keepUpTo);
  } finally {
    if (elsewhere) await rm(elsewhere, { recursive: true, force: true });
  }
}

/** `elsewhere`: a folder to look from instead of the project's own store. */
async function importInto(
  root: string,
  elsewhere: string | undefined,
  source: string,
  options: ImportFromOptions,
  keepUpTo: number,
): Promise<void> {
  const store = openStore(elsewhere ?? root);
  try {
    const places = await placesOf(source, store, options.kind);
    if (options.find) {
      const told = places.map(({ kind, location }) => ({
        ...{ kind, title: importers[kind].title, location: shownAddress(location) },
        imported: store.listRuns({ tags: { [FROM_TAG]: originOf({ kind, location }) }, limit: 1 }).total > 0,
      }));
      print(
        options.json ? toJson(told, 2) : told.map((place) => `${place.title}  ${oneLine(place.location)}`).join("\n"),
      );
      return;
    }
    const reports: ImportFromReport[] = [];
    for (const place of places) {
      const progress = options.progress
        ? reportProgress()
        : showProgress(`Importing from ${importers[place.kind].title}`, String);
      const { experiment, dryRun = false } = options;
      const settings = { experiment, dryRun, keepUpTo, onProgress: progress.update };
      const report = await interruptible((signal) =>
        importFrom(store, place, contextOf(store, root, place, options, signal), settings),
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
  root: string,
  place: ImportPlace,
  { artifactRoot = [], python }: ImportFromOptions,
  signal: AbortSignal,
): Omit<ImportContext, "temporary"> {
  const isDvc = place.kind === "dvc";
  return {
    root,
    storeFolder: store.folder,
    git: gitIn(isDvc ? place.location : root, signal),
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
