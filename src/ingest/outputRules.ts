/**
 * What a line of output says: metrics, and where the run is. The rules are about the *form* of a line, because its names
 * are the user's: a line that consists of `name: number` pairs reports metrics, a sentence with a number in it does not.
 * Examples of both, as golden files: testdata/.
 */
import { flattenNumbers, parseLooseJson } from "./numbers";
import { isNoise, isNoiseLine, isProse } from "./outputNoise";
import {
  ANYWHERE,
  BAR,
  COUNTER,
  DESCRIPTION,
  EPOCH,
  EPOCH_INSIDE,
  HEADER,
  NO_SPACE_VALUE,
  PAIR,
  PREFIX,
  ROUND,
  SEPARATOR,
  SETTINGS,
  SPACED,
  SPLIT,
  STEP,
  STEP_INSIDE,
  WRAPPED,
} from "./outputPatterns";
import type { Position } from "./outputSeries";

export interface LineMatch extends Position {
  /** In the order of the line. Names as printed, after the split that heads the line: "val/loss". */
  values: [key: string, value: number][];
  /** The counter is a progress bar's, so it counts the batches of an epoch; Keras's own bar has forms of its own. */
  bar?: "keras" | "other";
}

/** What a line says, or undefined. The line has no colours and line ends in it any more. */
export function matchLine(line: string): LineMatch | undefined {
  if (isNoiseLine(line)) return undefined;
  const text = line.includes("(") ? line.replace(WRAPPED, "$1") : line;
  const brace = text.indexOf("{");
  if (brace >= 0 && brace < 120 && text.trimEnd().endsWith("}")) return matchDictionary(text, brace);
  return matchPairs(text) ?? matchHeader(text) ?? matchAnywhere(text);
}

/** A line that consists of pairs, counts and separators. */
function matchPairs(text: string): LineMatch | undefined {
  const match: LineMatch = { values: [] };
  let at = skipPrefix(text);
  let split = "";
  const found = take(SPLIT, text, at);
  if (found) {
    split = `${found[1] ?? found[2]}/`;
    at = SPLIT.lastIndex;
  }
  const round = take(ROUND, text, at);
  if (round) {
    match.step = Number(round[1] ?? round[2] ?? round[4]);
    if (round[3] !== undefined) match.epoch = Number(round[3]);
    at = ROUND.lastIndex;
  }
  const rounds = round !== null;
  while (at < text.length) {
    if (take(SEPARATOR, text, at)) at = SEPARATOR.lastIndex;
    if (at >= text.length) break;
    const next =
      takeCount(text, at, match) ||
      takePair(text, at, match, split, rounds) ||
      takeBar(text, at, match) ||
      takeDescription(text, at);
    if (next === 0) return undefined;
    at = next;
  }
  if (text.includes(")") && !text.includes("(")) return undefined;
  const empty = match.values.length === 0 && match.epoch === undefined;
  return empty ? undefined : match;
}

function skipPrefix(text: string): number {
  let at = 0;
  // Some parts may be empty or repeat; a prefix of more than a dozen parts is none.
  for (let parts = 0; parts < 12 && take(PREFIX, text, at); parts++) at = PREFIX.lastIndex;
  return at;
}

function take(rule: RegExp, text: string, at: number): RegExpExecArray | null {
  rule.lastIndex = at;
  return rule.exec(text);
}

/** An epoch, a step or a counter at `at`: gives where it ends, 0 when there is none. */
function takeCount(text: string, at: number, match: LineMatch): number {
  const epoch = take(EPOCH, text, at);
  if (epoch) {
    match.epoch = Number(epoch[1]);
    return EPOCH.lastIndex;
  }
  const step = take(STEP, text, at);
  if (step) {
    match.step = Number(step[1]);
    if (step[2] !== undefined) match.total = Number(step[2]);
    return STEP.lastIndex;
  }
  const counter = take(COUNTER, text, at);
  if (!counter) return 0;
  match.step ??= Number(counter[1]);
  match.total ??= Number(counter[2]);
  return COUNTER.lastIndex;
}

/** A name and its number at `at`: gives where it ends, 0 when there is none. */
function takePair(text: string, at: number, match: LineMatch, split: string, rounds: boolean): number {
  const pair = take(PAIR, text, at);
  if (pair) {
    const [, key = "", sign, space, number = "", whole, percentage, unit] = pair;
    // "localhost:8080" and "train.py:12" are no pairs; XGBoost's "train-rmse:0.5" is one.
    if (sign === ":" && space === "" && !rounds && !NO_SPACE_VALUE.test(number)) return 0;
    add(match, split, key, number, whole, percentage, unit);
    return PAIR.lastIndex;
  }
  if (match.epoch === undefined && match.step === undefined) return 0;
  const spaced = take(SPACED, text, at);
  if (!spaced || isProse(spaced[1]!)) return 0;
  add(match, split, spaced[1]!, spaced[2]!, spaced[3], spaced[4], spaced[5]);
  return SPACED.lastIndex;
}

/** Adds a value, unless it is a duration, a size, a part of a whole or otherwise no metric. */
function add(
  match: LineMatch,
  split: string,
  key: string,
  number: string,
  whole: string | undefined,
  percentage: string | undefined,
  unit: string | undefined,
): void {
  if (unit !== undefined || (whole !== undefined && percentage === undefined)) return;
  const value = toNumber(whole === undefined ? number : percentage!);
  if (!isNoise(key, value)) match.values.push([split + cleanKey(key), value]);
}

function takeBar(text: string, at: number, match: LineMatch): number {
  const bar = take(BAR, text, at);
  if (!bar) return 0;
  const [part, piece] = bar;
  // Keras without a terminal has no bar: "12/12 - 1s - loss: 0.5".
  const timed = match.total !== undefined && match.values.length === 0 && part.endsWith("s");
  if (piece?.includes("%")) match.bar = "other";
  else if (piece !== undefined || timed) match.bar ??= "keras";
  return BAR.lastIndex;
}

function takeDescription(text: string, at: number): number {
  return take(DESCRIPTION, text, at) ? DESCRIPTION.lastIndex : 0;
}

/** LightGBM's "valid_0's l2" gets the name that MLflow gives it, "valid_0-l2". */
function cleanKey(key: string): string {
  if (!key.includes(" ") && !key.includes("\t")) return key;
  return key.replace(/'s\s+/, "-").replace(/\s+/g, " ");
}

export function toNumber(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const first = text.charCodeAt(text.search(/[^-+]/)) | 32;
  if (first === 110) return Number.NaN;
  if (first === 105) return sign * Number.POSITIVE_INFINITY;
  return Number(text);
}

function matchHeader(text: string): LineMatch | undefined {
  const header = HEADER.exec(text);
  return header ? { values: [], epoch: Number(header[1]) } : undefined;
}

/** `key=number` within other text. Names of one word only: nobody knows where a longer one would begin. */
function matchAnywhere(text: string): LineMatch | undefined {
  if (!text.includes("=")) return undefined;
  const match: LineMatch = { values: [] };
  for (const found of text.matchAll(ANYWHERE)) {
    const value = toNumber(found[2]!);
    if (inCall(text, found.index) || isClosingCall(text, found.index, found[0].length)) continue;
    if (!isNoise(found[1]!, value) && !/^(?:epoch|(?:global_)?step|iter(?:ation)?|batch)$/i.test(found[1]!)) {
      match.values.push([found[1]!, value]);
    }
  }
  if (match.values.length === 0) return undefined;
  if (/\d%\|/.test(text)) match.bar = "other";
  findCounts(text, match);
  return match;
}

function findCounts(text: string, match: LineMatch): void {
  const epoch = EPOCH_INSIDE.exec(text);
  if (epoch) match.epoch = Number(epoch[1]);
  const step = STEP_INSIDE.exec(text);
  if (!step) return;
  match.step = Number(step[1]);
  if (step[2] !== undefined) match.total = Number(step[2]);
}

/** Whether `at` is between the brackets of `Name(…`: arguments in the print-out of an object, no metrics. */
function inCall(text: string, at: number): boolean {
  const open = text.lastIndexOf("(", at);
  return open > 0 && /[\w\])]/.test(text[open - 1]!) && !text.slice(open, at).includes(")");
}

/** Whether a bracket closes that this line did not open: the rest of a print-out over several lines. */
function isClosingCall(text: string, at: number, length: number): boolean {
  return text[at + length] === ")" && !text.slice(0, at).includes("(");
}

/** `{'loss': 0.5, 'epoch': 1.0}`, as Hugging Face prints it, or JSON; text before it may count epochs or name a split. */
function matchDictionary(text: string, brace: number): LineMatch | undefined {
  const head = text.slice(0, brace);
  if (SETTINGS.test(head)) return undefined;
  const parsed = parseLooseJson(text.slice(brace).trimEnd());
  if (parsed === undefined) return undefined;
  const match: LineMatch = { values: [] };
  findCounts(head, match);
  // A split name counts only when something follows it; here that is the dictionary.
  const found = take(SPLIT, text, skipPrefix(head));
  const split = found ? `${found[1] ?? found[2]}/` : "";
  for (const [key, value] of flattenNumbers(parsed, { strings: true })) {
    if (key === "epoch") match.epoch = value;
    else if (/^(?:global_)?(?:step|iter(?:ation)?)$/.test(key)) match.step = value;
    else if (!isNoise(key, value)) match.values.push([split + key, value]);
  }
  return match.values.length > 0 || match.epoch !== undefined ? match : undefined;
}
