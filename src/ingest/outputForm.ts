/**
 * The form of a line of output: where in it the numbers stand that are metrics, and those that say where the run is. The
 * names are the user's, so only the form can decide: a line that consists of `name: number` pairs reports metrics, a
 * sentence with a number in it does not. Examples of both are the golden files in test/fixtures/output.
 *
 * Nothing here depends on which digits a line has, only on where they are: outputShapes.ts relies on it.
 */
import { isNoise, isNoiseLine, isProse } from "./outputNoise";
import {
  ANYWHERE,
  BAR,
  COUNT,
  COUNT_INSIDE,
  COUNTER,
  DESCRIPTION,
  FIELD,
  HEADER,
  NO_SPACE_VALUE,
  PAIR,
  PREFIX,
  ROUND,
  SEPARATOR,
  SETTINGS,
  SPACED,
  SPLIT,
} from "./outputPatterns";

/** A number's place in the line. */
export interface Span {
  at: number;
  end: number;
}

export interface ValueSpan extends Span {
  /** The metric: the name as printed, after the split that heads the line, "val/loss". */
  key: string;
  /** The name as printed, and its place. */
  name: string;
  nameAt: number;
}

export interface LineForm {
  /** In the order of the line. */
  values: ValueSpan[];
  epoch?: Span;
  step?: Span;
  /** Of a counter "n of total". */
  total?: Span;
  /** The counter is a progress bar's, so it counts the batches of an epoch; Keras's own bar has forms of its own. */
  bar?: "keras" | "other";
}

/** The form of a line without colours and line end; undefined when it reports nothing. */
export function formOf(text: string): LineForm | undefined {
  if (isNoiseLine(text)) return undefined;
  const brace = braceOf(text);
  if (brace !== undefined) return dictionaryForm(text, brace);
  return pairsForm(text) ?? headerForm(text) ?? anywhereForm(text);
}

/** Where the dictionary begins in a line that ends with one, perhaps after a few words. */
export function braceOf(text: string): number | undefined {
  const brace = text.indexOf("{");
  return brace >= 0 && brace < 120 && text.trimEnd().endsWith("}") ? brace : undefined;
}

/** A line that consists of pairs, counts and separators. */
function pairsForm(text: string): LineForm | undefined {
  const form: LineForm = { values: [] };
  let at = skipPrefix(text);
  const split = splitAt(text, at);
  if (split !== "") at = SPLIT.lastIndex;
  const round = take(ROUND, text, at);
  if (round) {
    setRound(form, text, round);
    at = ROUND.lastIndex;
  }
  while (at < text.length) {
    if (passes(SEPARATOR, text, at)) at = SEPARATOR.lastIndex;
    if (at >= text.length) break;
    const next =
      takeCount(text, at, form) ||
      takePair(text, at, form, split, round !== null) ||
      takeBar(text, at, form) ||
      (passes(DESCRIPTION, text, at) ? DESCRIPTION.lastIndex : 0);
    if (next === 0) return undefined;
    at = next;
  }
  // The rest of an object's print-out over several lines.
  if (text.includes(")") && !text.includes("(")) return undefined;
  return form.values.length === 0 && form.epoch === undefined ? undefined : form;
}

function skipPrefix(text: string): number {
  let at = 0;
  // Some parts may repeat; a prefix of more than a dozen parts is none.
  for (let parts = 0; parts < 12 && passes(PREFIX, text, at); parts++) at = PREFIX.lastIndex;
  return at;
}

/** The split that a line speaks of, as "val/"; "" when it names none. */
export function splitAt(text: string, at = skipPrefix(text)): string {
  const found = take(SPLIT, text, at);
  return found ? `${found[1] ?? found[2]}/` : "";
}

function take(rule: RegExp, text: string, at: number): RegExpExecArray | null {
  rule.lastIndex = at;
  return rule.exec(text);
}

/** Whether the rule fits at `at`; its `lastIndex` is then where it ends. */
function passes(rule: RegExp, text: string, at: number): boolean {
  rule.lastIndex = at;
  return rule.test(text);
}

/** The place of a part of `text`, the first from `from` on. */
function spanOf(text: string, part: string, from: number): Span {
  const at = text.indexOf(part, from);
  return { at, end: at + part.length };
}

/** The place of a part of `text`, the last before `end`. */
function spanBefore(text: string, part: string, end: number): Span {
  const at = text.lastIndexOf(part, end - part.length);
  return { at, end: at + part.length };
}

function setRound(form: LineForm, text: string, round: RegExpExecArray): void {
  const [, bracketed, plain, epoch, step] = round;
  form.step = spanBefore(text, (bracketed ?? plain ?? step)!, ROUND.lastIndex);
  if (epoch !== undefined) form.epoch = spanOf(text, epoch, round.index);
}

/** An epoch, a step or a counter at `at`: gives where it ends, 0 when there is none. */
function takeCount(text: string, at: number, form: LineForm): number {
  const count = take(COUNT, text, at);
  if (count) {
    setCount(form, text, count);
    return COUNT.lastIndex;
  }
  const counter = take(COUNTER, text, at);
  if (!counter) return 0;
  form.step ??= spanOf(text, counter[1]!, at);
  form.total ??= spanOf(text, counter[2]!, text.indexOf("/", at));
  return COUNTER.lastIndex;
}

function setCount(form: LineForm, text: string, count: RegExpExecArray): void {
  const [found, epoch, number, total] = count;
  if (epoch !== undefined) form.epoch = spanOf(text, number!, count.index);
  else {
    form.step = spanOf(text, number!, count.index);
    if (total !== undefined) form.total = spanBefore(text, total, count.index + found.length);
  }
}

/** A name and its number at `at`: gives where it ends, 0 when there is none. */
function takePair(text: string, at: number, form: LineForm, split: string, rounds: boolean): number {
  const pair = take(PAIR, text, at);
  if (pair) {
    const [, name = "", sign, space, number = ""] = pair;
    // "localhost:8080" and "train.py:12" are no pairs; XGBoost's "train-rmse:0.5" is one.
    if (sign === ":" && space === "" && !rounds && !NO_SPACE_VALUE.test(number)) return 0;
    // A name may have several words, "best score = 0.5"; but "test accuracy=0.97" is of the last one.
    const isTight = pair[0].includes(`${name}=`) && space === "";
    const word = isTight ? (/[A-Za-z_][^ \t]*$/.exec(name)?.[0] ?? name) : name;
    const index = pair.index + pair[0].indexOf(name) + name.length - word.length;
    addValue(form, text, split, word, { index }, pair.slice(4), PAIR.lastIndex);
    return PAIR.lastIndex;
  }
  if (form.epoch === undefined && form.step === undefined) return 0;
  const spaced = take(SPACED, text, at);
  if (!spaced || isProse(spaced[1]!)) return 0;
  addValue(form, text, split, spaced[1]!, spaced, spaced.slice(2), SPACED.lastIndex);
  return SPACED.lastIndex;
}

/** Adds a value, unless it is a duration, a size, a part of a whole or otherwise no metric. `parts`: those of VALUE. */
function addValue(
  form: LineForm,
  text: string,
  split: string,
  name: string,
  { index }: { index: number },
  [number, whole, percentage, unit]: (string | undefined)[],
  end: number,
): void {
  if (unit !== undefined || (whole !== undefined && percentage === undefined)) return;
  if (isNoise(name, number!)) return;
  const nameAt = text.indexOf(name, index);
  const span = whole === undefined ? spanOf(text, number!, nameAt + name.length) : spanBefore(text, percentage!, end);
  form.values.push({ ...span, key: split + cleanName(name), name, nameAt });
}

/** LightGBM's "valid_0's l2" gets the name that MLflow gives it, "valid_0-l2". */
function cleanName(name: string): string {
  if (!name.includes(" ") && !name.includes("\t")) return name;
  return name.replace(/'s\s+/, "-").replace(/\s+/g, " ");
}

function takeBar(text: string, at: number, form: LineForm): number {
  const bar = take(BAR, text, at);
  if (!bar) return 0;
  const [part, piece] = bar;
  // Keras without a terminal has no bar: "12/12 - 1s - loss: 0.5".
  const timed = form.total !== undefined && form.values.length === 0 && part.endsWith("s");
  if (piece?.includes("%")) form.bar = "other";
  else if (piece !== undefined || timed) form.bar ??= "keras";
  return BAR.lastIndex;
}

function headerForm(text: string): LineForm | undefined {
  const header = HEADER.exec(text);
  return header ? { values: [], epoch: spanOf(text, header[1]!, 0) } : undefined;
}

/** `key=number` within other text. Names of one word only: nobody knows where a longer one would begin. */
function anywhereForm(text: string): LineForm | undefined {
  if (!text.includes("=")) return undefined;
  const form: LineForm = { values: [] };
  for (const found of text.matchAll(ANYWHERE)) {
    const [pair, name = "", number = ""] = found;
    if (inCall(text, found.index) || closesCall(text, found.index, found.index + pair.length)) continue;
    if (isNoise(name, number) || COUNT_NAME.test(name)) continue;
    form.values.push({ ...spanOf(text, number, found.index + name.length), key: name, name, nameAt: found.index });
  }
  if (form.values.length === 0) return undefined;
  if (/\d%\|/.test(text)) form.bar = "other";
  findCounts(form, text, text.length);
  return form;
}

const COUNT_NAME = /^(?:epoch|(?:global_)?step|iter(?:ation)?|batch)$/i;

/** Counts in the first `end` characters. */
function findCounts(form: LineForm, text: string, end: number): void {
  for (const count of text.slice(0, end).matchAll(COUNT_INSIDE)) setCount(form, text, count);
}

/** Whether `at` is between the brackets of `Name(…`: arguments in the print-out of an object, no metrics. */
function inCall(text: string, at: number): boolean {
  const open = text.lastIndexOf("(", at);
  return open > 0 && /[\w\])]/.test(text[open - 1]!) && !text.slice(open, at).includes(")");
}

/** Whether a bracket closes that this line did not open. */
function closesCall(text: string, at: number, end: number): boolean {
  return text[end] === ")" && !text.slice(0, at).includes("(");
}

/** `{'loss': 0.5, 'epoch': 1.0}`, as Hugging Face prints it; words before it may count epochs or name a split. */
function dictionaryForm(text: string, brace: number): LineForm | undefined {
  if (SETTINGS.test(text.slice(0, brace))) return undefined;
  const form: LineForm = { values: [] };
  findCounts(form, text, brace);
  const split = splitAt(text);
  let at = brace;
  for (let field = take(FIELD, text, at); field; field = take(FIELD, text, at)) {
    const name = field[2]!;
    const nameAt = text.indexOf(name, at);
    const span = spanOf(text, field[4]!, nameAt + name.length);
    const count = countOf(name);
    if (count) form[count] = span;
    else if (!isNoise(name, field[4]!)) form.values.push({ ...span, key: split + name, name, nameAt });
    at = FIELD.lastIndex;
  }
  // Something else than numbers: outputRules.ts looks at such lines as JSON.
  if (text[at] !== "}" || at !== text.trimEnd().length - 1) return undefined;
  return form.values.length === 0 && form.epoch === undefined ? undefined : form;
}

/** Whether a field of a dictionary counts something. */
export function countOf(name: string): "epoch" | "step" | undefined {
  if (name === "epoch") return "epoch";
  return /^(?:global_)?(?:step|iter(?:ation)?)$/.test(name) ? "step" : undefined;
}
