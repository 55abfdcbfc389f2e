/** Lays a run and its repetition side by side. */
import type { Reproduction, VerdictKind } from "../domain/reproduction";
import type { DataFile, Run } from "../domain/run";
import type { Store } from "../store/contract";
import type { FreshFolder } from "./folder";
import { compareInputs, type InputsSide } from "./inputs";
import { compareSeries } from "./metrics";
import { compareOutputs } from "./outputs";
import { type Move, nameBefore } from "./place";
import { seedHint } from "./seeds";
import { reachVerdict } from "./verdict";

/** What differs comes first. */
const RANK: Record<string, number> = { different: 0, missing: 1, added: 2, "within-tolerance": 3, same: 4 };

export async function judge(
  store: Store,
  before: Run,
  after: Run,
  { move, problems }: FreshFolder,
  tolerance: number,
): Promise<Omit<Reproduction, "folder">> {
  const second = inFirstTerms(after, move);
  const outputs = await compareOutputs(written(before.snapshot), written(second), {
    storeFolder: store.folder,
    folders: [move.before.root, move.after.root],
    tolerance,
  });
  const metrics = compareSeries(store, before, after, tolerance);
  const inputs = compareInputs(before.snapshot, second, problems);
  const findings = { before, after, outputs, metrics, inputs };
  const { verdict, reasons } = await reachVerdict(findings, () => seedHint(before));
  return {
    run: before.id,
    child: after.id,
    verdict,
    tolerance,
    reasons,
    inputs,
    outputs: outputs.sort(byVerdict),
    metrics: metrics.sort(byVerdict),
  };
}

function inFirstTerms({ snapshot }: Run, move: Move): InputsSide {
  const moved = <File extends { path: string }>(files: File[]) =>
    files.map((file) => ({ ...file, path: nameBefore(file.path, move) }));
  return { ...snapshot, data: moved(snapshot.data), config: moved(snapshot.config) };
}

const written = ({ data }: { data: DataFile[] }) => data.filter(({ role }) => role === "write");

function byVerdict(one: { verdict: string }, other: { verdict: string }): number {
  return (RANK[one.verdict] ?? 5) - (RANK[other.verdict] ?? 5);
}

/** As it is said to people. */
export const VERDICT_WORDS: Record<VerdictKind, string> = {
  same: "same",
  "within-tolerance": "same within the tolerance",
  different: "different",
};
