/** One value of a table: what it is, as a number where it is one, and its hash. */
import type { ValueKind } from "../../domain/tableComparison";
import { Hash } from "./hash";
import { type ReadNumber, readNumber } from "./numberText";
import { type ReadTime, readTime } from "./timeText";

/** Kinds as numbers, which are faster to handle in millions than words; KIND_NAMES has the words. */
export const MISSING = 0;
export const BOOLEAN = 1;
export const INTEGER = 2;
export const NUMBER = 3;
export const TIME = 4;
export const TEXT = 5;
export const NESTED = 6;
export const KIND_NAMES: readonly (ValueKind | null)[] = [
  null,
  "boolean",
  "integer",
  "number",
  "time",
  "text",
  "nested",
];

/** Longer texts are cut where they are shown. */
const SHOWN_CHARACTERS = 120;
/** With nanoseconds and a zone. */
const LONGEST_TIME = 40;
const SPACE = 0x20;
/** Keeps the hash of a time and that of a text or number apart. */
const TIME_TAG = 0x7e;
const BOOLEAN_TAG = 0x7f;

/** Filled anew for each value: there are millions, and only a few of them are ever needed as objects. */
export class Cell {
  kind = MISSING;
  /** The value of an integer, a number or a time (ms since the epoch), else meaningless. */
  number = 0;
  /** The hash of the value; equal values of one kind have equal hashes, whatever they were read from. */
  low = 0;
  high = 0;
  private bytes: Uint8Array | null = null;
  private start = 0;
  private end = 0;
  private shown: string | null = null;
  private readonly hash = new Hash();
  private readonly readNumber: ReadNumber = { value: 0, isInteger: false };
  private readonly readTime: ReadTime = { ms: 0, ns: 0 };

  setMissing(): void {
    this.kind = MISSING;
  }

  setBoolean(value: boolean): void {
    this.kind = BOOLEAN;
    this.shown = value ? "true" : "false";
    this.hash.ofWords(value ? 1 : 0, 0, BOOLEAN_TAG);
    this.takeHash();
  }

  /** `isFloat`: of a type that holds fractions, whether this value has one or not. NaN is missing. */
  setNumber(value: number, isFloat = false): void {
    this.kind = Number.isNaN(value) ? MISSING : Number.isInteger(value) && !isFloat ? INTEGER : NUMBER;
    this.number = value;
    this.shown = null;
    this.bytes = null;
    this.hash.ofNumber(value);
    this.takeHash();
  }

  /** An integer that a double may not hold. */
  setBigInt(value: bigint): void {
    const number = Number(value);
    this.setNumber(number);
    this.kind = INTEGER;
    if (Number.isSafeInteger(number)) return;
    this.shown = String(value);
    this.hashText(this.shown);
  }

  /** `ms` since the epoch, `ns` from 0 to 999,999 beyond that. */
  setTime(ms: number, ns: number): void {
    this.kind = TIME;
    this.number = ms;
    this.shown = null;
    this.bytes = null;
    this.hash.ofNumber(ms);
    this.hash.ofWords(this.hash.low ^ ns, this.hash.high, TIME_TAG);
    this.takeHash();
  }

  /** A text that is a time counts as one. */
  setText(text: string): void {
    this.shown = text;
    const length = this.hashText(text);
    this.kind = TEXT;
    if (text.length < 10 || text.length > LONGEST_TIME || text[4] !== "-") return;
    if (!readTime(scratch, 0, length, this.readTime)) return;
    this.setTime(this.readTime.ms, this.readTime.ns);
    this.shown = text;
  }

  /** A list or an object, as its JSON. */
  setNested(json: string): void {
    this.shown = json;
    this.hashText(json);
    this.kind = NESTED;
  }

  /** A field of a CSV file in UTF-8, which is what it looks like. The bytes may change once the next cell is set. */
  setField(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) {
      this.kind = MISSING;
      return;
    }
    let from = start;
    let to = end;
    while (bytes[from] === SPACE && from < to - 1) from++;
    while (bytes[to - 1] === SPACE && to > from + 1) to--;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.shown = null;
    const first = bytes[from]!;
    // '+', '-', '.' and the digits.
    if (first <= 0x39 && first >= 0x2b && this.setNumberOrTime(bytes, from, to)) return;
    this.kind = TEXT;
    this.hash.ofBytes(bytes, start, end);
    this.takeHash();
    if (to - from <= LONGEST_WORD && IS_FIRST_OF_WORD[first] === 1) this.setWord(bytes, from, to);
  }

  /** As a person reads it; long texts are cut. */
  text(): string {
    if (this.shown !== null) return cut(this.shown);
    if (this.bytes !== null) {
      const end = Math.min(this.end, this.start + 4 * SHOWN_CHARACTERS);
      return cut(Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.start, end - this.start).toString("utf8"));
    }
    return this.kind === TIME ? new Date(this.number).toISOString() : String(this.number);
  }

  /** The same, not cut. */
  whole(): string {
    if (this.shown !== null) return this.shown;
    if (this.bytes === null) return this.text();
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.start, this.end - this.start).toString("utf8");
  }

  private setNumberOrTime(bytes: Uint8Array, from: number, to: number): boolean {
    const { readNumber: number, readTime: time } = this;
    if (readNumber(bytes, from, to, number)) {
      this.kind = number.isInteger ? INTEGER : NUMBER;
      this.number = number.value;
      if (number.isInteger && !Number.isSafeInteger(number.value)) this.hash.ofBytes(bytes, from, to);
      else this.hash.ofNumber(number.value);
      this.takeHash();
      return true;
    }
    if (!readTime(bytes, from, to, time)) return false;
    this.setTime(time.ms, time.ns);
    this.bytes = bytes;
    return true;
  }

  /** The few words that mean something else than text; by their hash, to make no string of every short text. */
  private setWord(bytes: Uint8Array, from: number, to: number): void {
    word.ofBytes(bytes, from, to);
    const found = WORDS.get(word.low);
    if (found === undefined || found.high !== word.high) return;
    const { meaning } = found;
    if (meaning === null) this.setMissing();
    else if (typeof meaning === "boolean") this.setBoolean(meaning);
    else this.setNumber(meaning, true);
  }

  /** Leaves the text in `scratch`; returns how many bytes it has. */
  private hashText(text: string): number {
    if (scratch.length < text.length * 3) scratch = Buffer.allocUnsafeSlow(text.length * 6);
    const length = writeText(text);
    this.hash.ofBytes(scratch, 0, length);
    this.takeHash();
    return length;
  }

  private takeHash(): void {
    this.low = this.hash.low;
    this.high = this.hash.high;
  }
}

let scratch = Buffer.allocUnsafeSlow(1024);

/** Writes into `scratch`; returns how many bytes. Short texts of ASCII, which is most, need no call out of JavaScript. */
function writeText(text: string): number {
  if (text.length > 64) return scratch.write(text, "utf8");
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return scratch.write(text, "utf8");
    scratch[i] = code;
  }
  return text.length;
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`;
}

/** What pandas' `read_csv` takes for missing, for a truth value and for infinity. */
const MEANINGS: [words: string, meaning: null | boolean | number][] = [
  ["#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null", null],
  ["true|True|TRUE", true],
  ["false|False|FALSE", false],
  ["inf|Inf|INF|Infinity|+inf|+Infinity", Number.POSITIVE_INFINITY],
  ["-inf|-Inf|-INF|-Infinity", Number.NEGATIVE_INFINITY],
];
const word = new Hash();
/** By the first lane of their hash. */
const WORDS = new Map<number, { high: number; meaning: null | boolean | number }>();
const IS_FIRST_OF_WORD = new Uint8Array(256);
let LONGEST_WORD = 0;
for (const [words, meaning] of MEANINGS) {
  for (const text of words.split("|")) {
    word.ofBytes(Buffer.from(text), 0, text.length);
    WORDS.set(word.low, { high: word.high, meaning });
    IS_FIRST_OF_WORD[text.charCodeAt(0)] = 1;
    LONGEST_WORD = Math.max(LONGEST_WORD, text.length);
  }
}
