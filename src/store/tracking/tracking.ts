/** The store's side of the MLflow-compatible server, put together. */
import type { Database } from "../database";
import type { TrackingStore } from "./contract";
import {
  createExperiment,
  deleteExperiment,
  findExperiment,
  renameExperiment,
  restoreExperiment,
  setExperimentTag,
} from "./experiments";

export function makeTracking(db: Database): TrackingStore {
  return {
    experiment: (id) => findExperiment(db, "id", id),
    experimentNamed: (name) => findExperiment(db, "name", name),
    createExperiment: (experiment) => createExperiment(db, experiment),
    renameExperiment: (id, name) => renameExperiment(db, id, name),
    deleteExperiment: (id) => deleteExperiment(db, id),
    restoreExperiment: (id) => restoreExperiment(db, id),
    setExperimentTag: (id, key, value) => setExperimentTag(db, id, key, value),
  };
}
