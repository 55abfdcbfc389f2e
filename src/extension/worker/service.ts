/** Answers the extension host from the stores. Runs in the worker thread, where SQLite may block. */
import { resolve } from "node:path";
import { repeatsOf } from "../../compare/repeats";
import { UserError } from "../../domain/errors";
import { readLogPlace } from "../../ingest/logPlace";
import { searchLog } from "../../ingest/logSearch";
import { readLogText } from "../../ingest/logText";
import type { Handlers } from "../../protocol/channel";
import { stopRun } from "../../recorder/stop";
import { readVerdict } from "../../reproduce/keptVerdict";
import { codeChanges, codeFile, codePath } from "../../snapshot/codeChanges";
import type { Store } from "../../store/contract";
import { locateRoot, storeExists } from "../../store/locate";
import { hasObject, objectPath } from "../../store/objects";
import { openStore } from "../../store/open";
import type { StoreApi, StoreChange } from "./api";
import { boxes, importance, metricCells } from "./chartFigures";
import { chartsContent, curves } from "./charts";
import { datasetFiles, runsOfDataset, versionDifferences } from "./datasets";
import { deploymentHandlers } from "./deployments/handlers";
import { editorResults, fileHistory, metricTrail, paramTrail } from "./fileResults";
import { sincePrevious } from "./history";
import { jobHandlers } from "./jobs/handlers";
import { lineageFrom, runLineage } from "./lineage";
import { type Maintenance, maintain } from "./maintenance";
import { modelHandlers } from "./models/handlers";
import { previewOf } from "./preview";
import { runPageContent } from "./runPage";
import { SeriesCache } from "./seriesCache";
import { sideBySide } from "./sideBySide";
import { tableColumns, tableIndex, tablePart } from "./table";
import { WatchedStore } from "./watchedStore";

/** More rows than this help nobody in a tree. */
const MOST_CELLS = 500;
/** A search of a log answers after so many hits, or bytes, and is asked to go on. */
const LOG_SEARCH = { limit: 200, most: 64_000_000 };

export interface ServiceEvents {
  changed(change: StoreChange): void;
  notice(root: string, message: string): void;
  fault(error: unknown): void;
}

interface OpenProject {
  mayWrite: boolean;
  watched: WatchedStore;
  maintenance: Maintenance | undefined;
}

export interface StoreService {
  handlers: Handlers<StoreApi>;
  close(): void;
}

export function createStoreService(events: ServiceEvents): StoreService {
  const projects = new Map<string, OpenProject>();
  const series = new SeriesCache();

  function open(root: string, mayWrite: boolean): OpenProject {
    const project: OpenProject = { mayWrite, maintenance: undefined, watched: undefined! };
    project.watched = new WatchedStore({
      root,
      mayWrite,
      onChange: events.changed,
      onFault: events.fault,
      onOpen: (store) => {
        for (const notice of store.notices) events.notice(root, notice);
        project.maintenance?.stop();
        if (mayWrite) project.maintenance = maintain(store, events.fault);
      },
    });
    return project;
  }

  function close(root: string): void {
    projects.get(root)?.maintenance?.stop();
    projects.get(root)?.watched.close();
    projects.delete(root);
  }

  const find = (root: string): Store | undefined => projects.get(root)?.watched.get();

  function storeOf(root: string): Store {
    const store = find(root);
    if (!store) throw new UserError(`No runs are recorded in ${root} any more. Press Run to record one.`);
    return store;
  }

  function writableStoreOf(root: string): Store {
    if (projects.get(root)?.mayWrite !== false) return storeOf(root);
    throw new UserError(
      "In Restricted Mode runs can be browsed, but not changed. Trust the workspace, then try again.",
    );
  }

  function createdStoreOf(root: string): Store {
    if (projects.get(root)?.mayWrite !== false && !storeExists(root))
      openStore(root, { create: true, through: "vscode" }).close();
    return writableStoreOf(root);
  }

  const handlers: Handlers<StoreApi> = {
    open({ folder, mayWrite }) {
      const { root } = locateRoot(folder);
      const project = projects.get(root) ?? open(root, mayWrite);
      projects.set(root, project);
      return { root, folder: project.watched.folder };
    },
    close: ({ root }) => close(root),

    listRuns: ({ root, query }) => find(root)?.listRuns(query) ?? { runs: [], next: null, total: 0 },
    listGroups: ({ root, by, query }) => find(root)?.listGroups(by, query) ?? [],
    listKeys: ({ root }) => find(root)?.listKeys() ?? { params: [], metrics: [], tags: [] },
    async getRun({ root, id }) {
      const store = find(root);
      const run = store?.getRun(id);
      if (!store || !run) return null;
      const script = run.script === null ? null : codePath(run, resolve(root, run.script));
      const children = store.listRuns({ parent: id, limit: 1 }).total;
      const cells = store.cells.list(id, { limit: MOST_CELLS });
      const since = await sincePrevious(store, run);
      return { run, script, children, since, repeats: repeatsOf(store, run), cells, sources: store.metricSources(id) };
    },
    getSummaries: ({ root, ids }) => find(root)?.getSummaries(ids) ?? [],

    tablePart: ({ root, scope, limit, more }) => tablePart(find(root), scope, limit, more),
    tableIndex: ({ root, scope }) => tableIndex(find(root), scope),
    tableColumns: ({ root, scope, columns }) => tableColumns(find(root), scope, columns),

    renameRun: ({ root, id, name }) => writableStoreOf(root).renameRun(id, name),
    setNote: ({ root, id, note }) => writableStoreOf(root).setNote(id, note),
    setTags({ root, ids, tags }) {
      const store = writableStoreOf(root);
      for (const id of ids) for (const [key, value] of Object.entries(tags)) store.setTag(id, key, value);
    },
    setExperiment({ root, ids, experiment }) {
      const store = writableStoreOf(root);
      for (const id of ids) store.setExperiment(id, experiment);
    },
    setPinned: ({ root, ids, pinned }) => writableStoreOf(root).setPinned(ids, pinned),
    deleteRuns: ({ root, ids }) => writableStoreOf(root).deleteRuns(ids),
    restoreRuns: ({ root, ids }) => writableStoreOf(root).restoreRuns(ids),
    stop: ({ root, id }) => stopRun(writableStoreOf(root), id),

    ...jobHandlers({ find, writable: writableStoreOf, create: createdStoreOf }),
    ...modelHandlers({ find, need: storeOf, writable: writableStoreOf }),
    ...deploymentHandlers({ find, need: storeOf, writable: writableStoreOf }),

    listDatasets: ({ root }) => find(root)?.listDatasets() ?? [],
    listDatasetVersions: ({ root, name, page }) => storeOf(root).listDatasetVersions(name, page),
    runsOfDataset: ({ root, name, version, page }) => runsOfDataset(storeOf(root), name, version, page),
    datasetFiles: ({ root, version, limit }) => datasetFiles(storeOf(root), version, limit),
    compareVersions: ({ root, before, after, limit }, signal) =>
      versionDifferences(storeOf(root), before, after, { limit, signal }),
    reproduction: ({ root, id }) => readVerdict(storeOf(root), id),
    lineage: ({ root, of, direction, depth }) => lineageFrom(storeOf(root), of, { direction, depth }),
    runLineage: ({ root, id, direction }) => runLineage(storeOf(root), id, direction),

    chartsContent: ({ root, source }) => chartsContent(storeOf(root), source),
    curves: ({ root, request }, signal) => curves(storeOf(root), series, request, signal),
    metricCells: ({ root, request }) => metricCells(storeOf(root), request),
    boxes: ({ root, request }, signal) => boxes(storeOf(root), series, request, signal),
    importance: ({ root, request }, signal) => importance(storeOf(root), request, signal),
    metricColumns: ({ root, id, key, from, limit }) => storeOf(root).metricColumns(id, key, from, limit),

    async fileResults({ root, file, judged }) {
      const store = find(root);
      const mayStart = projects.get(root)?.mayWrite !== false;
      return store ? await editorResults(store, file, judged, mayStart) : null;
    },
    fileHistory({ root, file, page }) {
      const store = find(root);
      return store ? fileHistory(store, file, page) : { uses: [], runs: [], next: null, total: 0 };
    },
    metricTrail: ({ root, file, key }) => metricTrail(storeOf(root), file, key),
    paramTrail: ({ root, file, param }) => paramTrail(storeOf(root), file, param),

    listCells: ({ root, id, page }) => find(root)?.cells.list(id, page) ?? { cells: [], next: null, total: 0 },
    getCell: ({ root, id, ordinal }) => find(root)?.cells.get(id, ordinal) ?? null,
    lastCells: ({ root, script }) => find(root)?.cells.last(script) ?? { cells: [], runs: 0 },

    async runPage({ root, id }, signal) {
      const details = await handlers.getRun({ root, id }, signal);
      return details && runPageContent(root, details, storeOf(root).runSource(id));
    },
    preview: ({ root, artifact }) => previewOf(storeOf(root).folder, artifact),

    readLog: ({ root, id, limit }) => readLogText(storeOf(root).logPath(id), limit),
    searchLog: ({ root, id, text, from }, signal) =>
      searchLog(storeOf(root).logPath(id), { text, from, ...LOG_SEARCH }, signal),
    logPlace: ({ root, id, position }) => readLogPlace(storeOf(root).logPath(id), position),
    logPath: ({ root, id }) => storeOf(root).logPath(id),
    runFolder: ({ root, id }) => storeOf(root).runFolder(id),
    codePath({ root, id, file }) {
      const run = storeOf(root).getRun(id);
      return run && codePath(run, file);
    },
    codeFile: ({ root, id, path }) => codeFile(storeOf(root), id, path),
    codeChanges: ({ root, from, to }, signal) => codeChanges(storeOf(root), from, to, signal),
    sideBySide: ({ root, ids }) => sideBySide(storeOf(root), ids),
    keptFile({ root, sha256 }) {
      const { folder } = storeOf(root);
      return hasObject(folder, sha256) ? objectPath(folder, sha256) : null;
    },
  };
  return { handlers, close: () => [...projects.keys()].forEach(close) };
}
