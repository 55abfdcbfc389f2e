/** The pipeline of one run, put together from what the store knows of it: the same while it runs and after a crash. */
import { join, sep } from "node:path";
import type { ProjectFile } from "../domain/projectFile";
import { PROJECT_FILE_NAME } from "../domain/projectFileName";
import type { Gap, Run } from "../domain/run";
import type { OwnRules } from "../ingest/ownRules";
import { isPipelineLauncher } from "../ingest/stageArguments";
import type { CodePlace } from "../snapshot/codeReader";
import { createDataHasher } from "../snapshot/data";
import type { DatasetSource } from "../snapshot/datasets";
import { readProjectFile } from "../snapshot/projectFile";
import type { RunHead, Store } from "../store/contract";
import { locateRoot } from "../store/locate";
import { describeCommand } from "./describe";
import { diskStart } from "./endNote";
import { noteInputs, type RunFacts } from "./inputs";
import { createBlindness } from "./listeners/blindness";
import { createClientArtifacts } from "./listeners/clientArtifacts";
import { createDatasetUses } from "./listeners/datasets";
import { createDvcliveParams } from "./listeners/dvcliveParams";
import { createDvcMetrics } from "./listeners/dvcMetrics";
import { createEnvironmentListener } from "./listeners/environment";
import { createEventFiles } from "./listeners/eventFiles";
import { createFilesListener, type FileFacts, type KnownRead } from "./listeners/files";
import { createMirror } from "./listeners/mirror";
import { createParamsListener } from "./listeners/params";
import { createPathRules, looksSecret } from "./listeners/pathRules";
import { createRanks } from "./listeners/ranks";
import { keepLoggedFiles } from "./loggedFiles";
import { createTargetListeners, type TargetSide } from "./onTarget/listeners";
import { nameBatch, nameHashed } from "./onTarget/names";
import { atOrigin, inStage, type StagePlace } from "./onTarget/stagePlace";
import { createPipeline, type Pipeline } from "./pipeline";

export interface RunPipelineOptions {
  /** What the command was started with. After a crash: what is known of it. */
  env?: NodeJS.ProcessEnv;
  /** Where the code is, when it was restored and not taken there. */
  codeRoot?: string;
  /** After a crash: ms since the epoch of the run's end. */
  endTime?: number;
  /** Of a run on a target. */
  onTarget?: TargetSide;
}

export interface RunPipeline extends Pipeline {
  /** What the project says of MLflow's autologging; null: nothing. */
  readonly autolog: boolean | null;
  /** Ends the threads. */
  close(): Promise<void>;
}

export async function createRunPipeline(
  store: Store,
  id: string,
  options: RunPipelineOptions = {},
): Promise<RunPipeline> {
  const run = store.getRun(id)!;
  const { command, cwd, script, startTime, snapshot } = run;
  const { folder: storeFolder } = store;
  const { onTarget } = options;
  const root = onTarget ? join(onTarget.place.stage, onTarget.place.project) : projectOf(store, cwd);
  const codeRoot = onTarget?.place.stage ?? options.codeRoot;
  const { project, gaps } = await readProject(root);
  const { rules, warnings } = await readRules(root, project);
  const plainHasher = createDataHasher({ store: { ...store, root }, keepBytes: project.keep?.maxFileSize });
  const hasher = onTarget ? nameHashed(plainHasher, onTarget.place) : plainHasher;
  const isNotebook = command[0]?.endsWith(".ipynb");
  const side = onTarget ? createTargetListeners(onTarget) : null;
  const { isPython } = describeCommand(command, cwd, root);
  const blindness = createBlindness(isNotebook ? null : isPython, side?.isInstalled);
  const params = createParamsListener(command, script);
  const env = options.env ?? snapshot.environment?.variables ?? {};
  const environment = side ? [] : [createEnvironmentListener({ root, storeFolder, env })];
  const written: ((path: string) => void)[] = [];
  const tellWritten = (path: string) => {
    for (const tell of written) tell(path);
  };
  const code = () => codePlace(store.getRunHead(id)!, codeRoot);
  const { isData, isClosed } = createPathRules(root, storeFolder, { codeRoot });
  const diskTime = diskStart(store.runFolder(id)) ?? startTime;
  const workFolder = onTarget ? inStage(onTarget.place, cwd) : cwd;
  const files = createFilesListener({
    root,
    cwd: workFolder,
    storeFolder,
    codeRoot,
    hasher,
    datasets: createDatasetUses({
      root,
      store,
      storeFolder,
      declared: await declaredIn(root, project),
      startTime: diskTime,
      code,
      isData: (path) => isData(path) && !looksSecret(path),
    }),
    // Nobody but us changes a stage.
    startTime: onTarget ? Number.POSITIVE_INFINITY : startTime,
    changedSince: () => (onTarget ? (onTarget.place.collectedSince() ?? Number.POSITIVE_INFINITY) : diskTime),
    endTime: options.endTime,
    knownReads: storedReads(run),
    code,
    mayMiss: () => blindness.isPossible,
    isArgument: params.has,
    hadCompany: () => !onTarget && hadCompany(store, run),
    onWritten: tellWritten,
  });
  const eventFiles = createEventFiles({
    cwd: workFolder,
    since: diskTime,
    // What a target has is there when all is over.
    mayMiss: () => !onTarget && blindness.isPossible,
    // Child runs are our own.
    hasCompany: () => store.running().some((one) => one.id !== id && one.recorder.pid !== process.pid),
    isClosed,
    onFound: tellWritten,
  });
  const pipeline = createPipeline({
    store,
    id,
    listeners: [
      params,
      ...environment,
      ...(side?.listeners ?? []),
      files,
      blindness,
      eventFiles,
      createDvcliveParams(),
      ...(isPipelineLauncher(command) ? [createDvcMetrics(workFolder, tellWritten)] : []),
      createClientArtifacts(store, id, hasher),
      createMirror(store, id, onTarget?.ownServer === false),
      createRanks(),
    ],
    keepFiles: (logged) => (side ? side.keepFiles(logged, hasher) : keepLoggedFiles(hasher, logged)),
    rules,
    onOffer: (register) => written.push(register),
    translate: side?.translate,
    asStored: onTarget && ((batch) => nameBatch(batch, onTarget.place)),
  });
  pipeline.add({ gaps, warnings });
  return {
    ...pipeline,
    autolog: project.mlflow?.autolog ?? null,
    async finish(finishOptions) {
      const last = await pipeline.finish(finishOptions);
      if (last)
        await noteInputs(
          store,
          id,
          last,
          onTarget ? originFacts(files.facts, onTarget.place) : { ...files.facts, root, codeRoot },
        );
      return last;
    },
    close: hasher.close,
  };
}

/** As if the command had run in the user's own folder, so that such runs repeat each other. */
function originFacts(facts: FileFacts, place: StagePlace): RunFacts {
  const used = facts.used.map((path) => atOrigin(place, path));
  return { ...facts, used, root: join(place.origin, place.project), codeRoot: place.origin };
}

/** A reproduction has its project in a folder of its own, which is not that of the store where it is recorded. */
function projectOf({ root, folder }: Store, cwd: string): string {
  const isOther = isBelow(folder, cwd) || !isBelow(root, cwd);
  return isOther ? locateRoot(cwd).root : root;
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function storedReads({ snapshot }: Run): Map<string, KnownRead> {
  const data = snapshot.data.filter(({ role }) => role === "read");
  const config = snapshot.config.map((file) => ({ ...file, size: null }));
  return new Map([...config, ...data].map(({ path, sha256, size }) => [path, { sha256, size }]));
}

/** What it takes to look for files is loaded only where some are declared. */
async function declaredIn(root: string, project: ProjectFile): Promise<DatasetSource[]> {
  if (!project.data && !project.datasets) return [];
  const { declaredDatasets } = await import("../snapshot/declaredDatasets");
  return declaredDatasets(root, project);
}

/** A project file that makes no sense declares nothing, and is a gap that says so. */
async function readProject(root: string): Promise<{ project: ProjectFile; gaps: Gap[] }> {
  try {
    return { project: await readProjectFile(root), gaps: [] };
  } catch (error) {
    const message = `${PROJECT_FILE_NAME} could not be used, so the data that it declares was not looked at: ${(error as Error).message}`;
    return { project: {}, gaps: [{ kind: "other", path: PROJECT_FILE_NAME, message }] };
  }
}

/** Rules that make no sense are not used, and the run has a warning. */
async function readRules(root: string, { metrics }: ProjectFile): Promise<{ rules?: OwnRules; warnings: string[] }> {
  if (!metrics) return { warnings: [] };
  const { loadRules } = await import("./outputRules");
  try {
    return { rules: await loadRules(root, metrics), warnings: [] };
  } catch (error) {
    return { warnings: [`The rules for metrics were not used. ${(error as Error).message}`] };
  }
}

function codePlace({ snapshot }: RunHead, restoredTo: string | undefined): CodePlace | null {
  const { gitDir, commit, root } = snapshot.code;
  if (gitDir === null || commit === null) return null;
  return restoredTo === undefined ? { gitDir, commit, root } : { gitDir, commit, root: restoredTo, origin: root };
}

/** Whether another run of the store was running at some time during this one. */
function hadCompany(store: Store, { id, startTime }: Run): boolean {
  const { runs } = store.listRuns({ sort: { key: "startTime", descending: true }, limit: 100 });
  return runs.some((one) => one.id !== id && (one.endTime ?? Number.POSITIVE_INFINITY) >= startTime);
}
