/**
 * What the command logged with MLflow on a target. The tracer has told of params, metrics and tags as they were logged; the
 * files lie in the stage, and are taken from there.
 */
import { cpSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Artifact } from "../../domain/run";
import { findArtifacts, type LoggedArtifacts } from "../../ingest/importers/mlflowFolder";
import { idOf } from "../../recorder/listeners/mirror";
import type { StagePlace } from "../../recorder/onTarget/stagePlace";
import type { IngestBatch, Store } from "../../store/contract";
import { putFile } from "../../store/objects";
import { TRACKED_FOLDER } from "./plan";

export interface Tracked {
  /** Of the run itself. */
  own: IngestBatch;
  /** Gives the runs below theirs, when these are in the store. */
  giveBelow(): Promise<void>;
}

/** Puts the first run's files where MLflow's clients find them, as if there had been an endpoint. */
export async function bringTracked(store: Store, run: string, { stage, project }: StagePlace): Promise<Tracked> {
  const folder = path.join(stage, project, TRACKED_FOLDER);
  const found = existsSync(folder) ? await findArtifacts(folder) : [];
  // The same that the tracer's listener takes for it.
  const first = found.find(({ parent }) => parent === null) ?? found[0];
  const own = path.join(store.runFolder(run), "artifacts");
  for (const file of filesOf(first)) {
    const to = path.join(own, file.path);
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(file.file, to);
  }
  return {
    own: { gaps: first?.gaps ?? [] },
    async giveBelow() {
      for (const below of found) if (below !== first) await give(store, below);
    },
  };
}

async function give(store: Store, logged: LoggedArtifacts): Promise<void> {
  const id = idOf(logged.originalId);
  if (logged.files.length === 0 || store.unknownRuns([id]).length > 0) return;
  const artifacts: Artifact[] = [];
  for (const { path: name, file } of filesOf(logged))
    artifacts.push({ path: name, ...(await putFile(store.folder, file)) });
  store.ingest(id, { artifacts, gaps: logged.gaps });
}

function filesOf(logged: LoggedArtifacts | undefined) {
  return (logged?.files ?? []).flatMap((file) => ("file" in file ? [file] : []));
}
