/** `modeltrail predictions …` */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkDeploymentName } from "../../deploy/deploymentFolder";
import { pythonsHere } from "../../deploy/environment/findPython";
import { exportPredictions } from "../../deploy/predictions/export";
import { keepFeedback } from "../../deploy/predictions/feedback";
import { logFiles, logFolder } from "../../deploy/predictions/files";
import { type PredictionQuery, readPredictions } from "../../deploy/predictions/read";
import type { RouteRole } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import { formatAgo, formatNumber } from "../../domain/format";
import { oneLine as shortLine } from "../../domain/oneLine";
import { parseDuration } from "../../domain/parseDuration";
import { Feedback, type Prediction } from "../../domain/prediction";
import { inputsInShort, outputsInShort } from "../../domain/predictionText";
import { cleanEnvironment } from "../../reproduce/venv";
import { locateRoot } from "../../store/locate";
import { oneLine, print, table } from "../print";

interface Choice {
  version?: string;
  role?: RouteRole;
  since?: string;
  labelled?: boolean;
}

const CELL = 48;

export async function predictionsCommand(
  name: string | undefined,
  { limit, json, ...choice }: Choice & { limit: string; json?: boolean },
): Promise<void> {
  if (name === undefined) throw new UserError("Say of which deployment: modeltrail predictions NAME");
  const found = readPredictions(folderOf(name), { ...queryOf(choice), limit: wholeNumber("--limit", limit) });
  if (json) print(JSON.stringify(found.map(withValues), null, 2));
  else print(found.length === 0 ? "No predictions are logged that fit." : tableOf(found));
}

export async function labelCommand(
  name: string,
  id: string,
  label: string | undefined,
  { action }: { action?: string },
): Promise<void> {
  if (label === undefined && action === undefined) throw new UserError("Give a label, or --action TEXT.");
  const feedback = Feedback.safeParse({ id, action, ...(label === undefined ? {} : { label: parsedValue(label) }) });
  if (!feedback.success) throw new UserError(`"${id}" is no id of a prediction: they have 32 digits and letters.`);
  if (keepFeedback(folderOf(name), [feedback.data]).length === 0) return;
  throw new UserError(`The log of ${name} does not have the prediction ${id}, or not any more.`);
}

export async function exportPredictionsCommand(name: string, file: string, choice: Choice): Promise<void> {
  const { root } = locateRoot(process.cwd());
  const count = await exportPredictions(folderOf(name), file, queryOf(choice), () => pythonWithArrow(root));
  print(`${count} predictions are in ${file}.`);
}

function folderOf(name: string): string {
  checkDeploymentName(name);
  const folder = logFolder(join(locateRoot(process.cwd()).folder, "deployments", name));
  if (logFiles(folder).length > 0) return folder;
  throw new UserError(
    `Nothing is logged of a deployment "${name}" here: \`modeltrail deployments\` lists those that there are.`,
  );
}

function queryOf({ version, role, since, labelled }: Choice): PredictionQuery {
  return {
    ...{ role, labelled },
    version: version === undefined ? undefined : wholeNumber("--version", version),
    since: since === undefined ? undefined : timeOf(since),
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UserError(`"${text}" is not a number for ${option}. Give it a whole number of 1 or more.`);
}

function timeOf(text: string): number {
  const seconds = parseDuration(text);
  const time = seconds === undefined ? Date.parse(text) : Date.now() - seconds * 1_000;
  if (!Number.isNaN(time)) return time;
  throw new UserError(
    `"${text}" is no time. Give --since a duration such as 2h30m, or a time such as 2026-01-31T12:00.`,
  );
}

/** What is no JSON is a text. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON within JSON is the value that it stands for. */
function withValues({ inputs, outputs, label, ...rest }: Prediction) {
  const value = (text: string | null) => (text === null ? null : parsedValue(text));
  return { ...rest, inputs: value(inputs), outputs: value(outputs), label: value(label) };
}

function tableOf(predictions: readonly Prediction[]): string {
  const now = Date.now();
  const rows = predictions.map(({ id, time, role, version, status, latency, inputs, outputs, label }) => [
    id,
    formatAgo(time, now),
    role === "champion" ? String(version) : `${version} (${role})`,
    String(status),
    `${formatNumber(latency)} ms`,
    cell(inputs && inputsInShort(inputs)),
    cell(outputs && outputsInShort(outputs)),
    cell(label),
  ]);
  return table([["id", "time", "version", "status", "latency", "inputs", "outputs", "label"], ...rows]);
}

const cell = (text: string | null) => (text === null ? "" : oneLine(shortLine(text, CELL)));

async function pythonWithArrow(root: string): Promise<string | null> {
  const env = cleanEnvironment(process.env);
  const signal = AbortSignal.timeout(60_000);
  for await (const { executable } of pythonsHere({ root }, null, { env, signal })) {
    const has = promisify(execFile)(executable, ["-c", "import pyarrow.parquet"], { env, signal });
    if (
      await has.then(
        () => true,
        () => false,
      )
    )
      return executable;
  }
  return null;
}
