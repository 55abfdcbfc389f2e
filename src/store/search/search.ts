/** Searches of the store, put together. */
import type { Database } from "../database";
import type { SearchStore } from "./contract";
import { searchExperiments } from "./experiments";
import { metricTexts } from "./metricTexts";
import { searchRuns } from "./runs";

export function makeSearch(db: Database): SearchStore {
  return {
    runs: (search) => searchRuns(db, search),
    metricTexts: (ids) => metricTexts(db, ids),
    experiments: (search) => searchExperiments(db, search),
  };
}
