/**
 * Where a new version's files are, as the client says. The address is kept and given back to clients, and never opened here:
 * but one that names files of this machine beyond those of the run or model that it claims to be of is refused, so that nobody
 * is led to them by it.
 */
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { loggedModelLocation, runLocation } from "./artifactRoot";
import { invalid, type MlflowError, missing } from "./errors";
import type { MlflowContext } from "./route";

export interface ModelSource {
  source: string;
  /** Where the files are: for an address of a model those of the model. */
  location: string;
  run: string | null;
  loggedModel: string | null;
}

/** What MLflow gives for prompts, which have no files. */
const PROMPT_SOURCES = new Set(["dummy-source", "prompt-template"]);

/** Throws MlflowError for a source that cannot be. */
export function modelSource(
  context: MlflowContext,
  asked: { source: string; run: string | null; loggedModel: string | null; prompt: boolean },
): ModelSource {
  const { source, run, loggedModel } = asked;
  if (asked.prompt) {
    if (PROMPT_SOURCES.has(source)) return { source, location: source, run, loggedModel };
    throw invalid(`Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`);
  }
  const named = /^models:\/(?!\/)(.+)$/.exec(source)?.[1];
  if (named !== undefined) return ofModel(context, asked, named);
  const model = loggedModel === null ? null : context.store.loggedModels.get(loggedModel);
  if (loggedModel !== null && !model) throw wrongSource(source, "model_id");
  refuseRelative(source);
  if (isLocal(source)) refuseElsewhere(context, asked);
  const inRun = /^runs:\/([^/]+)(?:\/|$)/.exec(source)?.[1];
  if (inRun !== undefined && (loggedModel !== null || inRun !== run)) {
    throw wrongSource(source, loggedModel === null ? "run_id" : "model_id");
  }
  return { source, location: source, run: run ?? model?.run ?? null, loggedModel };
}

/** `models:/m-…` is a logged model; `models:/name/3` and `models:/name@alias` are versions. */
function ofModel(
  context: MlflowContext,
  { source, run, loggedModel }: { source: string; run: string | null; loggedModel: string | null },
  named: string,
): ModelSource {
  const { registry, loggedModels } = context.store;
  if (/^m-[0-9a-f]{32}$/.test(named)) {
    const model = loggedModels.get(named);
    if (!model || model.deleted) throw missing(`Logged model with ID '${named}' not found.`);
    if (loggedModel !== null && loggedModel !== named) throw wrongSource(source, "model_id");
    return { source, location: loggedModelLocation(context, model), run: run ?? model.run, loggedModel: named };
  }
  const [, name, alias, number] = /^([^@/]+)(?:@(.+)|\/(\d{1,15}))$/.exec(named) ?? [];
  if (name === undefined) throw wrongSource(source, "model_id");
  const version = alias ? registry.versionOfAlias(name, alias) : registry.version(name, Number(number));
  if (!version) throw missing(`Model Version (name=${name}, version=${alias ?? number}) not found`);
  const { location } = version;
  return { source, location, run: run ?? version.run, loggedModel: loggedModel ?? version.loggedModel };
}

function isLocal(source: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:/i.test(source) || /^file:/i.test(source);
}

/** Nothing that leads upwards or ends the name, however often it is encoded. */
function refuseRelative(source: string): void {
  let decoded = source;
  for (let left = 10; ; left--) {
    const next = decode(decoded);
    if (next === decoded) break;
    if (left === 0) throw wrongPath(source);
    decoded = next;
  }
  const cut = /^(?:file|mlflow-artifacts):.*[#;]/is.test(decoded);
  const forbidden = cut || decoded.includes("\0") || decoded.split(/[/\\]/).includes("..");
  if (forbidden) throw wrongPath(source);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A local path is the run's or the logged model's own, below its artifacts. */
function refuseElsewhere(
  context: MlflowContext,
  { source, run, loggedModel }: { source: string; run: string | null; loggedModel: string | null },
): void {
  const { store } = context;
  const model = loggedModel === null ? null : store.loggedModels.get(loggedModel);
  const [tracked] = model || run === null ? [] : store.tracking.runs([run]);
  const root = model ? loggedModelLocation(context, model) : tracked && runLocation(context, tracked);
  const [path, below] = [localPath(source), root && localPath(root)];
  if (path && below && (path === below || path.startsWith(`${below}/`))) return;
  const field = loggedModel === null ? "run_id" : "model_id";
  throw invalid(
    `Invalid model version source: '${source}'. To use a local path as a model version source, the ${field} request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the ${field}.`,
  );
}

function localPath(source: string): string | null {
  try {
    const path = /^file:/i.test(source) ? fileURLToPath(source) : source;
    return posix.normalize(path.replaceAll("\\", "/")).replace(/(.)\/$/, "$1");
  } catch {
    return null;
  }
}

function wrongSource(source: string, field: string): MlflowError {
  return invalid(`Invalid model version source: '${source}'. It is not of the ${field} that was given.`);
}

function wrongPath(source: string): MlflowError {
  return invalid(
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
  );
}
