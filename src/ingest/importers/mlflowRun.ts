/** What all stores of MLflow's have in common: what their tags, statuses and numbers mean to us. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Gap } from "../../domain/run";
import { emptyRun, type ForeignFile, type ForeignRun, type ImportContext } from "./contract";
import { isBelow, listFiles, localPath } from "./localFiles";
import type { PointGatherer } from "./points";
import { importedId } from "./runId";

const STATUSES = {
  RUNNING: "running",
  SCHEDULED: "running",
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "killed",
} as const;
type MlflowStatus = keyof typeof STATUSES;
/** As the file store numbers them. */
const NUMBERED: readonly MlflowStatus[] = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"];

const NOTE = "mlflow.note.content";
/** Databases have no infinities of their own: MLflow puts the greatest double there. */
const GREATEST = Number.MAX_VALUE;

export interface MlflowRun {
  /** A name or the file store's number. */
  status: string | number;
  /** Ms since the epoch. */
  startTime: number;
  endTime: number | null;
  user: string | null;
  params: Record<string, string>;
  tags: Record<string, string>;
  points: PointGatherer;
  artifacts: ForeignFile[];
  gaps: Gap[];
}

export function toForeign(run: MlflowRun): ForeignRun {
  const { tags, params, startTime, endTime } = run;
  const name = typeof run.status === "number" ? NUMBERED[run.status - 1] : (run.status as MlflowStatus);
  const { [NOTE]: note = "", ...others } = tags;
  const source = tags["mlflow.source.type"] === "LOCAL" ? tags["mlflow.source.name"] : undefined;
  const parent = tags["mlflow.parentRunId"];
  return {
    ...emptyRun(startTime),
    status: (name && STATUSES[name]) ?? "lost",
    endTime,
    params,
    tags: run.user ? { "mlflow.user": run.user, ...others } : others,
    note,
    // Its arguments are not known.
    command: source ? (source.endsWith(".py") ? ["python", source] : [source]) : [],
    script: source?.endsWith(".py") && !path.isAbsolute(source) ? source.replaceAll("\\", "/") : null,
    parent: parent ? importedId("mlflow", parent) : null,
    // The commit alone is no snapshot of ours: what was not committed is unknown.
    code: { head: tags["mlflow.source.git.commit"] ?? null, branch: tags["mlflow.source.git.branch"] ?? null },
    series: run.points.series("mlflow"),
    artifacts: run.artifacts,
    gaps: run.gaps,
  };
}

/** A value as a database or a server gives it. */
export function fromStoredValue(value: number, isNan: boolean): number {
  if (isNan) return Number.NaN;
  return Math.abs(value) === GREATEST ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
}

/** A folder of artifacts by the address that MLflow's records give, `from` where a relative one begins. */
export async function localArtifacts(
  address: string,
  from: string,
  roots: readonly string[],
  context: ImportContext,
  prefix = "",
): Promise<{ files: ForeignFile[]; gaps: Gap[] }> {
  const told = localPath(address, from) ?? proxiedFolder(address, from);
  const allowed = [...roots, context.root, ...context.artifactRoots];
  const isThere = told !== null && existsSync(told) && isBelow(allowed, told);
  const folder = told === null || isThere ? told : (moved(told, roots) ?? told);
  const what = prefix === "" ? "The artifacts are" : `The files of ${prefix.replace(/\/$/, "")} are`;
  if (folder === null) {
    return { files: [], gaps: [{ kind: "missing", message: `${what} at ${address}, and were not fetched.` }] };
  }
  if (!isBelow(allowed, folder)) {
    const message = existsSync(folder)
      ? `${what} in ${folder}, outside of what is imported; name a folder above it with --artifact-root to have them read.`
      : `Artifacts, if there were any, were kept in ${folder}, which is not here.`;
    return { files: [], gaps: [{ kind: "missing", message }] };
  }
  return listFiles(folder, prefix);
}

/** Where a server that hands artifacts out itself puts them, unless told otherwise: beside its database. */
function proxiedFolder(address: string, from: string): string | null {
  const inside = /^mlflow-artifacts:(?:\/\/[^/]*)?\/?(.+)$/.exec(address)?.[1];
  const folder = inside && path.join(from, "mlartifacts", inside);
  return folder && existsSync(folder) ? folder : null;
}

/** Where the folder is now that what was around it was moved, or comes from another machine: its last parts tell. */
function moved(folder: string, roots: readonly string[]): string | undefined {
  const parts = folder.split(/[\\/]/).filter((part) => part !== "" && part !== "..");
  const ends = parts.slice(0, -2).map((_, at) => path.join(...parts.slice(at)));
  return ends.flatMap((end) => roots.map((root) => path.join(root, end))).find((place) => existsSync(place));
}
