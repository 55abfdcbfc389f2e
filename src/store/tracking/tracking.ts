/** The store's side of the MLflow-compatible server, put together. */
import type { Database } from "../database";
import type { Recorders } from "../recorders";
import type { TrackingStore } from "./contract";
import {
  createExperiment,
  deleteExperiment,
  findExperiment,
  renameExperiment,
  restoreExperiment,
  setExperimentTag,
} from "./experiments";
import { makeHistoryReader } from "./history";
import { logInputs, logOutputs } from "./inputs";
import { deleteTag, log, logParam } from "./log";
import { clientRunData } from "./runData";
import {
  adoptRun,
  clientRun,
  createClientRun,
  deleteRun,
  restoreRun,
  setAnswered,
  unansweredRuns,
  updateRun,
} from "./runs";

export function makeTracking(db: Database, recorders: Recorders): TrackingStore {
  return {
    experiment: (id) => findExperiment(db, "id", id),
    experimentNamed: (name) => findExperiment(db, "name", name),
    createExperiment: (experiment) => createExperiment(db, experiment),
    renameExperiment: (id, name) => renameExperiment(db, id, name),
    deleteExperiment: (id) => deleteExperiment(db, id),
    restoreExperiment: (id) => restoreExperiment(db, id),
    setExperimentTag: (id, key, value) => setExperimentTag(db, id, key, value),

    createRun: (run) => createClientRun(db, recorders, run),
    adoptRun: (id, run) => adoptRun(db, id, run),
    unanswered: (request) => unansweredRuns(db, request),
    answered: (id) => setAnswered(db, id),
    run: (id) => clientRun(db, id),
    runs: (ids, options) => clientRunData(db, ids, options),
    updateRun: (id, change) => updateRun(db, recorders, id, change),
    deleteRun: (id) => deleteRun(db, id),
    restoreRun: (id) => restoreRun(db, id),

    log: (id, batch) => log(db, id, batch),
    logParam: (id, key, value) => logParam(db, id, key, value),
    deleteTag: (id, key) => deleteTag(db, id, key),
    logInputs: (id, inputs) => logInputs(db, id, inputs),
    logOutputs: (id, models) => logOutputs(db, id, models),
    history: makeHistoryReader(db),
  };
}
