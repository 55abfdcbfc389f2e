/** Opens a project's store. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../domain/errors";
import { makeAudit } from "./audit/audit";
import { bringRun, broughtState } from "./bringRun";
import { makeCells } from "./cells/read";
import { compact } from "./compact";
import { type ConnectOptions, connect } from "./connect";
import type { OpenOptions, Store } from "./contract";
import type { Database } from "./database";
import { datasetNames, listDatasets, listDatasetVersions, runsOfDataset } from "./datasets";
import { makeDeployments } from "./deployments/deployments";
import { getRun, getRunHead } from "./details";
import { changeTag, deleteRuns, renameRun, restoreRuns, setExperiment, setNote, setPinned } from "./edits";
import { makeFileRuns } from "./fileRuns/fileRuns";
import { fileUses } from "./fileUses";
import { makeStoreFolder, runFolder } from "./folders";
import { freeRuns, listFreeable } from "./free";
import { startFreeing, unnamedObjects } from "./freeing";
import { makeGates } from "./gates/gates";
import { cachedHash, cachedHashesBelow, cacheHashes, forgetHash } from "./hashes";
import { metricColumns, metricHistory, metricSources } from "./history";
import { importRun } from "./importRun";
import { makeJobs } from "./jobs/jobs";
import {
  forgetFreedCode,
  listCode,
  listFreedCode,
  moveCode,
  runsWithCode,
  unknownRuns,
  whileNoCodeIsTaken,
} from "./keptCode";
import { makeLeases } from "./leases";
import { fallbackFolder, isWritable, readableFolder, storeFolder } from "./locate";
import { makeLoggedModels } from "./loggedModels/loggedModels";
import { metricAxis, metricOutline, metricStamp } from "./metricAxis";
import { listGroups, listKeys } from "./overview";
import { ownObjects } from "./ownObjects";
import { listExperiments, listRuns } from "./queries";
import { makeRecorders } from "./recorders";
import { makeRegistry } from "./registry/registry";
import { makeReliance } from "./reliance";
import { listRepeats, setInputs } from "./repeats";
import { resolveRun } from "./resolve";
import { changesSince } from "./revision";
import { listFiles } from "./runFiles";
import {
  createRun,
  endRun,
  ingest,
  readCheckpoint,
  requestStop,
  runningRuns,
  runSource,
  setCode,
  stopRequested,
} from "./runs";
import { makeSearch } from "./search/search";
import { getSummaries } from "./summaries";
import { makeSweeps } from "./sweeps/sweeps";
import { makeTable } from "./table/table";
import { makeTraces } from "./traces/traces";
import { makeTracking } from "./tracking/tracking";
import { makeTrust } from "./trust/trust";
import { objectUses, referencedObjects, usage } from "./usage";
import { writtenPaths } from "./writtenPaths";

/**
 * The store of the project `root` (see `locateRoot`). Brings an older database up to date. Throws UserError when there is no
 * store and none is to be made, when the database is damaged or was written by a newer Modeltrail, and when it can neither
 * be made in the project nor in the user's own data folder.
 */
export function openStore(root: string, options: OpenOptions = {}): Store {
  const { create = true } = options;
  const { folder, notices } = prepareFolder(root, create && !options.readOnly);
  // Who only looks can look at a store that is not theirs; a change is then refused where it is tried.
  const readOnly = options.readOnly ?? !(create || isWritable(folder));
  const connection = connect(folder, { ...options, create, readOnly } satisfies ConnectOptions);
  return makeStore(root, folder, connection.db, [...notices, ...connection.notices], options.through);
}

/** The store that is in this very folder, for those who know of it by its place; writable. Throws UserError. */
export function openStoreFolder(folder: string): Store {
  const { db, notices } = connect(folder, { create: false, readOnly: false });
  return makeStore(dirname(folder), folder, db, notices);
}

/** The store folder, made when it is to be written, with a notice when it is not in the project. */
function prepareFolder(root: string, make: boolean): { folder: string; notices: string[] } {
  if (!make) return { folder: readableFolder(root), notices: [] };
  if (!existsSync(root)) throw new UserError(`The folder ${root} does not exist.`);
  const chosen = storeFolder(root);
  const notice = (folder: string) => `${root} is read-only, so its runs are kept in ${folder}.`;
  try {
    makeStoreFolder(chosen.folder);
    return { folder: chosen.folder, notices: chosen.fallback ? [notice(chosen.folder)] : [] };
  } catch (error) {
    // What permissions promised did not hold: Windows tells only when it is tried.
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EACCES", "EPERM", "EROFS"].includes(code) || chosen.fallback || process.env.MODELTRAIL_DIR) {
      throw folderError(chosen.folder, error);
    }
  }
  const folder = fallbackFolder(root);
  try {
    makeStoreFolder(folder);
  } catch (error) {
    throw folderError(folder, error);
  }
  return { folder, notices: [notice(folder)] };
}

function folderError(folder: string, cause: unknown): UserError {
  const reason = (cause as Error).message;
  return new UserError(
    `The folder ${folder} for recorded runs could not be made (${reason}). Set MODELTRAIL_DIR to a folder that can be written to.`,
    { cause },
  );
}

function makeStore(root: string, folder: string, db: Database, notices: string[], through = "cli"): Store {
  const recorders = makeRecorders(db, folder);
  const leases = makeLeases(db);
  const reliance = makeReliance(db, folder);
  const audit = makeAudit(db, root, through);
  return {
    root,
    folder,
    notices,
    close() {
      recorders.releaseAll();
      leases.releaseAll();
      db.close();
    },

    createRun: (run) => recorders.create(run),
    setCode: (id, code, gaps, warnings) =>
      db.write(() => {
        reliance.secureAll();
        setCode(db, id, code, gaps, warnings);
      }),
    ingest: (id, batch) =>
      db.write(() => {
        reliance.secureBatch(batch);
        ingest(db, id, batch);
      }),
    checkpoint: (id) => readCheckpoint(db, id),
    endRun(id, end, last) {
      const ended = db.write(() => {
        if (last) reliance.secureBatch(last);
        return endRun(db, id, end, last);
      });
      recorders.release(id);
      return ended;
    },
    requestStop: (id) => requestStop(db, id),
    stopRequested: (id) => stopRequested(db, id),
    claimRun: (id, from, to) => recorders.claim(id, from, to),
    recorderState: (run) => recorders.state(run),
    running: (everywhere) => runningRuns(db, everywhere),

    getRun: (id) => getRun(db, id),
    getRunHead: (id) => getRunHead(db, id),
    listFiles: (id, role, options) => listFiles(db, id, role, options),
    getSummaries: (ids) => getSummaries(db, ids),
    listRuns: (query) => listRuns(db, query),
    listExperiments: () => listExperiments(db),
    listGroups: (by, query) => listGroups(db, by, query),
    listKeys: () => listKeys(db),
    resolveRun: (reference, which) => resolveRun(db, reference, which),
    metricHistory: (id, key, from, limit) => metricHistory(db, id, key, from, limit),
    runSource: (id) => runSource(db, id),
    metricSources: (id) => metricSources(db, id),
    metricColumns: (id, key, from, limit, options) => metricColumns(db, id, key, from, limit, options),
    metricAxis: (id, key, axis) => metricAxis(db, id, key, axis),
    metricOutline: (id, key, axis) => metricOutline(db, id, key, axis),
    metricStamp: (id, key) => metricStamp(db, id, key),
    changesSince: (revision) => changesSince(db, revision),

    renameRun: (id, name) => renameRun(db, id, name),
    setExperiment: (id, experiment) => setExperiment(db, id, experiment),
    setTag: (id, key, value) => changeTag(db, id, key, value),
    setNote: (id, note) => setNote(db, id, note),
    deleteRuns: (ids) => deleteRuns(db, ids),
    restoreRuns: (ids) => restoreRuns(db, ids),

    setPinned: (ids, pinned) => setPinned(db, ids, pinned),
    setInputs: (id, sha256) => setInputs(db, id, sha256),
    listRepeats: (inputs) => listRepeats(db, inputs),

    datasetNames: () => datasetNames(db),
    listDatasets: () => listDatasets(db),
    listDatasetVersions: (name, page) => listDatasetVersions(db, name, page),
    runsOfDataset: (name, version, page) => runsOfDataset(db, name, version, page),
    fileUses: (file, page) => fileUses(db, file, page),
    writtenPaths: () => writtenPaths(db),

    importRun: (imported) =>
      db.write(() => {
        reliance.secureRun(imported);
        return importRun(db, imported);
      }),
    bringRun: (imported, state) =>
      db.write(() => {
        reliance.secureRun(imported);
        return bringRun(db, imported, state);
      }),
    broughtState: (id) => broughtState(db, id),

    usage: () => usage(db),
    objectUses: () => objectUses(db, folder),
    referencedObjects: () => referencedObjects(db),
    listFreeable: () => listFreeable(db),
    ownObjects: (ids) => ownObjects(db, folder, ids),
    freeRuns: (ids) => freeRuns(db, ids),
    startFreeing: () => startFreeing(db, folder),
    unnamedObjects: (hashes) => unnamedObjects(db, folder, hashes),
    listCode: () => listCode(db),
    listFreedCode: () => listFreedCode(db),
    forgetFreedCode: (gitDir) => forgetFreedCode(db, gitDir),
    whileNoCodeIsTaken: (body) => whileNoCodeIsTaken(db, body),
    runsWithCode: (place) => runsWithCode(db, place),
    moveCode: (from, to) => moveCode(db, from, to),
    adoptRun: (id, run) => createRun(db, id, run),
    forgetHash: (sha256) => forgetHash(db, sha256),
    unknownRuns: (ids) => unknownRuns(db, ids),
    compact: () => compact(db),
    holdObjects: () => leases.take(),

    cachedHash: (path, stamp) => cachedHash(db, path, stamp),
    cacheHashes: (entries) => cacheHashes(db, entries),
    cachedHashesBelow: (below) => cachedHashesBelow(db, below),

    tracking: makeTracking(db, recorders),
    search: makeSearch(db),
    cells: makeCells(db),
    loggedModels: makeLoggedModels(db),
    registry: makeRegistry(db, audit, reliance),
    gates: makeGates(db),
    traces: makeTraces(db),
    table: makeTable(db),
    fileRuns: makeFileRuns(db),
    jobs: makeJobs(db),
    sweeps: makeSweeps(db),
    deployments: makeDeployments(db),
    audit,
    trust: makeTrust(db, audit),

    runFolder: (id) => runFolder(folder, id),
    logPath: (id) => join(runFolder(folder, id), "output.log"),
  };
}
