/** Are the files that two runs wrote the same, and if not, how do they differ? */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ReproducedOutput } from "../domain/reproduction";
import type { DataFile } from "../domain/run";
import { objectPath } from "../store/objects";
import { differenceOf, MAX_BYTES, timelessName } from "./contents";

/** A file that a run wrote. */
type Written = Pick<DataFile, "path" | "sha256">;

export interface OutputsOptions {
  /** The store folder: contents that were kept are looked into. */
  storeFolder: string;
  /** Where each run had the project. */
  folders: readonly [before: string, after: string];
  tolerance: number;
}

/** TensorBoard notes the time with each point; the points themselves are compared as metrics. */
const ONLY_TIME = /events\.out\.tfevents\./;

/** `before` and `after`: what each run wrote, with paths as if both had run in the same folder. */
export async function compareOutputs(
  before: readonly Written[],
  after: readonly Written[],
  options: OutputsOptions,
): Promise<ReproducedOutput[]> {
  const outputs: ReproducedOutput[] = [];
  for (const [one, other] of pairs(before, after)) {
    const path = (one ?? other)!.path;
    const hashes = { path, before: one?.sha256 ?? null, after: other?.sha256 ?? null };
    if (!one || !other) outputs.push({ ...hashes, verdict: one ? "missing" : "added", why: null });
    else if (one.sha256 !== null && one.sha256 === other.sha256) {
      outputs.push({ ...hashes, verdict: "same", why: renamed(one, other) });
    } else outputs.push({ ...hashes, ...(await compareContents(one, other, options)) });
  }
  return outputs;
}

async function compareContents(
  before: Written,
  after: Written,
  { storeFolder, folders, tolerance }: OutputsOptions,
): Promise<Pick<ReproducedOutput, "verdict" | "why">> {
  const name = before.path;
  if (ONLY_TIME.test(name)) return { verdict: "not-judged", why: `${name} holds the time of each point.` };
  if (before.sha256 === null || after.sha256 === null) {
    return { verdict: "different", why: `${name} could not be hashed, so that it may differ.` };
  }
  const [one, other] = await Promise.all([before, after].map(({ sha256 }) => kept(storeFolder, sha256!)));
  if (!one || !other) return { verdict: "different", why: null };
  const { withinTolerance, how } = differenceOf(one, other, folders, tolerance);
  return { verdict: withinTolerance ? "within-tolerance" : "different", why: how && `In ${name} ${how}.` };
}

/** The bytes of a content, when they were kept and are few enough to be looked into. */
async function kept(storeFolder: string, sha256: string): Promise<Buffer | null> {
  const file = objectPath(storeFolder, sha256);
  if (!existsSync(file) || statSync(file).size > MAX_BYTES) return null;
  return await readFile(file);
}

const renamed = (one: Written, other: Written) => (one.path === other.path ? null : `It is ${other.path} now.`);

type Pair = [before: Written | undefined, after: Written | undefined];

/** Files of the same path; then those whose names are the same but for a time in them, in order. */
function pairs(before: readonly Written[], after: readonly Written[]): Pair[] {
  const found = new Map(after.map((file) => [file.path, file]));
  const result: Pair[] = [];
  const lonely: Written[] = [];
  for (const file of before) {
    const other = found.get(file.path);
    found.delete(file.path);
    if (other) result.push([file, other]);
    else lonely.push(file);
  }
  const names = new Map([...found.keys()].map((path) => [path, timelessName(path)]));
  for (const file of lonely) {
    const wanted = timelessName(file.path);
    const other = [...found.values()].find(({ path }) => names.get(path) === wanted);
    if (other) found.delete(other.path);
    result.push([file, other]);
  }
  return [...result, ...[...found.values()].map((file): Pair => [undefined, file])];
}
