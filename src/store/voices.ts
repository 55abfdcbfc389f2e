/**
 * Sources that count steps in different ways: MLflow begins with 0 where the script prints "epoch 1", Hugging Face prints
 * epochs where its files have steps. Points of both in one series, step by step, would be no curve.
 *
 * So each pair of a more and a less trusted voice is listened to, up to the step to which both have come. When the better one
 * tells a curve and the two do not go together, it is believed for the whole series, and the lesser one is *overruled*: its
 * points are taken out, and later ones not taken in. They do not go together when
 * - one ended before the other began, or
 * - of the steps of the one with fewer, less than half are steps of the other as well, or
 * - at more than half of the steps that they share (two at least), their values are not the same number, as far as the lesser
 *   one wrote it out.
 * Two that go together for a hundred steps are not asked any more. When the run ends, one step is evidence enough.
 *
 * What is looked at does not depend on who is quicker: of each, only what it told up to the step that both have reached.
 */
import { sourceRank, voiceOf } from "../domain/metricSource";
import { readChunk } from "./chunks";
import { type Columns, concatColumns, sliceColumns, sortColumns, upperBound } from "./columns";
import type { Database } from "./database";
import type { Series } from "./metrics";
import { namesOf } from "./names";
import { addCounts, type CurveCounts, compareCurves, NO_COUNTS } from "./voiceCounts";

/** Steps that must be shared before two are known to go together. */
const ENOUGH_STEPS = 100;

type Verdict = "together" | "overruled";

interface Pair extends CurveCounts {
  better: string;
  lesser: string;
  /** The step up to which both have been listened to; null: none yet. */
  heard: number | null;
  verdict: Verdict | null;
}

/** What is kept of a series that several voices tell: the first and last step of each, and what is known of each pair. */
interface Voices {
  told: Record<string, [first: number, last: number]>;
  pairs: Pair[];
}

/** What listening to incoming points led to. */
export interface Hearing {
  /** The source of the points was, or is now, overruled: they are not to be taken in. */
  overruled: boolean;
  /** Points of the series were taken out. */
  takenOut: boolean;
}

/**
 * Listens to points that are about to be added, sorted, to a series of several sources. `isWitness` false: their steps are
 * no evidence, as they were not told by the source.
 */
export function hear(db: Database, series: Series, source: number, incoming: Columns, isWitness: boolean): Hearing {
  const name = namesOf(db, [...series.sources, source]);
  const speaker = name(source);
  const voices = readVoices(db, series, name);
  if (isWitness && voiceOf(speaker) === speaker) {
    widen(voices, speaker, incoming.steps);
    pairUp(voices);
    for (const pair of voices.pairs) {
      if (pair.verdict === null && (pair.better === speaker || pair.lesser === speaker)) {
        listen(pair, voices, (one, from, to) => {
          const there = told(db, series, name, one, from, to);
          return one === speaker ? sortColumns(concatColumns([there, within(incoming, from, to)])) : there;
        });
        pair.verdict = judge(pair, voices, false);
      }
    }
    writeVoices(db, series, voices);
  }
  const overruled = overruledOf(voices);
  const takenOut = takeOutVoices(db, series, name, overruled);
  return { overruled: overruled.has(voiceOf(speaker)), takenOut };
}

/** The run is over: settles what could not be while there might have been more. True when points were taken out. */
export function conclude(db: Database, series: Series): boolean {
  const name = namesOf(db, series.sources);
  const voices = readVoices(db, series, name);
  for (const pair of voices.pairs) pair.verdict ??= judge(pair, voices, true);
  writeVoices(db, series, voices);
  return takeOutVoices(db, series, name, overruledOf(voices));
}

/** Whether more than one voice tells the series. */
export function isDisputed(db: Database, sources: readonly number[]): boolean {
  if (sources.every((source) => source === sources[0])) return false;
  const name = namesOf(db, sources);
  return new Set(sources.map((source) => voiceOf(name(source)))).size > 1;
}

function readVoices(db: Database, series: Series, name: (id: number) => string): Voices {
  const row = db.get<{ content: string }>("SELECT content FROM voices WHERE series = ?", series.series);
  if (row) return JSON.parse(row.content);
  const voices: Voices = { told: {}, pairs: [] };
  const ranges = db.all<{ source: number; first: number; last: number }>(
    "SELECT source, min(first_step) AS first, max(last_step) AS last FROM chunks WHERE series = ? GROUP BY source",
    series.series,
  );
  for (const { source, first, last } of ranges) {
    if (voiceOf(name(source)) === name(source)) voices.told[name(source)] = [first, last];
  }
  return voices;
}

function writeVoices(db: Database, series: Series, voices: Voices): void {
  db.run("INSERT OR REPLACE INTO voices VALUES (?, ?)", series.series, JSON.stringify(voices));
}

function widen(voices: Voices, voice: string, steps: Float64Array): void {
  const [first, last] = voices.told[voice] ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  voices.told[voice] = [Math.min(first, steps[0]!), Math.max(last, steps.at(-1)!)];
}

function pairUp(voices: Voices): void {
  const all = Object.keys(voices.told);
  for (const better of all) {
    for (const lesser of all) {
      const isKnown = voices.pairs.some((pair) => pair.better === better && pair.lesser === lesser);
      if (isKnown || sourceRank(better) >= sourceRank(lesser)) continue;
      voices.pairs.push({ better, lesser, heard: null, verdict: null, ...NO_COUNTS });
    }
  }
}

type Teller = (voice: string, from: number, to: number) => Columns;

/** Counts on, up to the step to which both have come by now. */
function listen(pair: Pair, { told }: Voices, tell: Teller): void {
  const from = pair.heard ?? Number.NEGATIVE_INFINITY;
  const to = Math.min(told[pair.better]![1], told[pair.lesser]![1]);
  if (to <= from) return;
  addCounts(pair, compareCurves(tell(pair.better, from, to), tell(pair.lesser, from, to)));
  pair.heard = to;
}

function judge(pair: Pair, { told }: Voices, isOver: boolean): Verdict | null {
  const [better, lesser] = [told[pair.better]!, told[pair.lesser]!];
  const fewer = Math.min(pair.betterSteps, pair.lesserSteps);
  const enough = isOver ? 1 : 2;
  // A single value, of a file with final results for example, does not tell how its source counts.
  if (isCurve(better)) {
    const apart = better[1] < lesser[0] || lesser[1] < better[0];
    if (apart && (isOver || isCurve(lesser))) return "overruled";
    if (fewer >= enough && pair.shared * 2 < fewer) return "overruled";
    if (pair.differing >= enough && pair.differing * 2 > pair.shared) return "overruled";
  }
  return pair.shared >= ENOUGH_STEPS ? "together" : null;
}

const isCurve = ([first, last]: [number, number]) => last > first;

function overruledOf({ pairs }: Voices): Set<string> {
  return new Set(pairs.filter(({ verdict }) => verdict === "overruled").map(({ lesser }) => lesser));
}

/** What a voice has told in the steps above `from` up to `to`, as far as it is in the series. */
function told(
  db: Database,
  series: Series,
  name: (id: number) => string,
  voice: string,
  from: number,
  to: number,
): Columns {
  const chunks = db.all<{ id: number; source: number }>(
    "SELECT id, source FROM chunks WHERE series = ? AND last_step > ? AND first_step <= ? ORDER BY id",
    series.series,
    from,
    to,
  );
  const parts = chunks
    .filter(({ source }) => name(source) === voice)
    .map(({ id }) => within(readChunk(db, id), from, to));
  return sortColumns(concatColumns(parts));
}

function within(columns: Columns, from: number, to: number): Columns {
  const { steps } = columns;
  return sliceColumns(columns, upperBound(steps, from), upperBound(steps, to));
}

/** Takes out all points of these voices; true when there were any. */
function takeOutVoices(db: Database, series: Series, name: (id: number) => string, voices: Set<string>): boolean {
  if (voices.size === 0) return false;
  return series.sources
    .filter((source) => voices.has(voiceOf(name(source))))
    .map((source) => db.run("DELETE FROM chunks WHERE series = ? AND source = ?", series.series, source))
    .some((removed) => removed > 0);
}
