/** What the project says and has that helps to a sample: a request of its own, and the rows that models are evaluated with. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { gatedProject } from "../gates/gatedProject";
import { evaluationFile } from "../gates/rows/evaluationData";
import type { DescribeRequest, ModelDescription } from "./describeModel";

export interface SampleHints {
  given: string | null;
  /** Null: models are evaluated with none, or none that could be read for a sample. */
  table: DescribeRequest["data"][number] | null;
  features: string[] | null;
  label: string | null;
  /** Another one when any of these files is. */
  state: unknown;
}

/** What holds rows of a sample. */
export const TABLE = /\.(?:csv|tsv|parquet|pq)$/i;

/** Throws UserError when modeltrail.yaml makes no sense, or names a request that is not there. */
export async function sampleHints(root: string, model: string): Promise<SampleHints> {
  const { samples, evaluation } = await gatedProject(root);
  const name = samples && Object.hasOwn(samples, model) ? samples[model]! : null;
  const given = name === null ? null : path.resolve(root, name);
  if (given !== null && (await stateOf(given)) === null) {
    throw new UserError(`There is no ${name}, which modeltrail.yaml names as the sample of ${model}.`);
  }
  const { file, features = null, label = null } = evaluation ?? {};
  const rows = file !== undefined && TABLE.test(file) ? evaluationFile(root, file) : null;
  const state = [given && (await stateOf(given)), rows && (await stateOf(rows)), file, features, label];
  return { given, table: rows === null ? null : { name: file!, path: rows }, features, label, state };
}

async function stateOf(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  return found && `${found.size} ${found.mtimeMs}`;
}

/** Where a sample is from, for who reads it; undefined when there is none. */
export function sampleSource({ source, file, without }: ModelDescription): string | undefined {
  switch (source) {
    case null:
      return undefined;
    case "given":
      return "the request that modeltrail.yaml names";
    case "example":
      return "the example that was kept with the model";
    case "rows":
      return `rows of ${file}`;
    case "gaps":
      return `rows of ${file}, with missing values`;
    case "places":
      return `rows of ${file}, its columns by their places${without.length > 0 ? `, without ${without.join(", ")}` : ""}`;
    case "made":
      return "made up";
  }
}
