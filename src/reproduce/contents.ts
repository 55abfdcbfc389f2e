/** How two contents of one output differ, as far as it can be told without knowing its format. */
import { relativeDifference } from "./tolerance";

export interface ContentDifference {
  /** Numbers alone differ, and by no more than is allowed. */
  withinTolerance: boolean;
  /** E.g. "only dates and times differ"; null when nothing can be said. */
  how: string | null;
}

/** What is looked into; of larger files only the hash counts. */
export const MAX_BYTES = 16 * 2 ** 20;

const DATE = String.raw`\d{4}([-/.])\d{2}\1\d{2}|\d{2}([-/.])\d{2}\2\d{4}`;
const DAY = "(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?";
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";
const CLOCK = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AP]M)?(?:Z|[+-]\d{2}:?\d{2})?`;
/**
 * 2026-11-21T06:31:12Z and its like, "Tue Nov 21 06:31:12 2026", a PDF's D:20261121063112, 20261121-063112, seconds (or
 * their thousandths …) since the epoch from 2017 to 2036. Never the digits of a fraction.
 */
const TIMES = new RegExp(
  [
    String.raw`(?<![\d.])(?:D:)?(?:19|20)\d{6}[-_T]?\d{6}(?:\.\d+)?(?!\d)`,
    String.raw`(?<![\d.])(?:${DATE})(?!\d)`,
    String.raw`\b${DAY}\b,?`,
    String.raw`\b${MONTH}\s{1,2}\d{1,2}\b(?:,?\s\d{4})?(?=\s${CLOCK}(?:\s\d{4})?|\b)`,
    String.raw`\b\d{1,2}\s${MONTH}\s\d{4}\b`,
    String.raw`(?<!\d)${CLOCK}(?:\s(?:19|20)\d{2}\b)?`,
    String.raw`(?<![\d.])(?:1[5-9]|20)\d{8}(?:\.\d+|\d{3}|\d{6}|\d{9})?(?!\d)`,
  ].join("|"),
  "g",
);
const IDENTIFIERS =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b0x[0-9a-f]{6,16}\b|\b[0-9a-f]{32,64}\b/gi;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;

/**
 * `folders`: where each run had the project. Contents that are equal have no difference. Reads bytes as they are: it does not
 * matter whether a file is text, as long as what differs is.
 */
export function differenceOf(
  before: Buffer,
  after: Buffer,
  folders: readonly [before: string, after: string],
  tolerance: number,
): ContentDifference {
  const because = (how: string | null): ContentDifference => ({ withinTolerance: false, how });
  if (isGzip(before) && isGzip(after) && sameButGzipTime(before, after)) {
    return because("only the time in its gzip header differs");
  }
  const one = before.toString("latin1").replaceAll(asLatin1(folders[0]), "<folder>");
  const other = after.toString("latin1").replaceAll(asLatin1(folders[1]), "<folder>");
  if (one === other) return because("only the name of the folder that it ran in differs");
  // Before numbers: seconds since the epoch are numbers that hardly differ.
  const [timeless, timelessToo] = [one, other].map((text) => text.replace(TIMES, "<time>"));
  if (timeless === timelessToo) return because("only dates and times differ");
  if (!one.includes("\0") && numbersAgree(timeless!, timelessToo!, tolerance)) {
    const sameTimes = String(one.match(TIMES)) === String(other.match(TIMES));
    if (sameTimes) return { withinTolerance: true, how: "only numbers differ, within the tolerance" };
    return because("only dates and times differ, and numbers within the tolerance");
  }
  const [plain, plainToo] = [one, other].map((text) => text.replace(IDENTIFIERS, "<id>"));
  if (plain === plainToo) return because("only generated identifiers differ");
  const isBoth = timeless!.replace(IDENTIFIERS, "<id>") === timelessToo!.replace(IDENTIFIERS, "<id>");
  return because(isBoth ? "only dates, times and generated identifiers differ" : null);
}

/** The name of an output without dates, times, hosts and process numbers that may be in it: outputs/2026-11-21/06-31-12/a. */
export function timelessName(path: string): string {
  return path
    .replace(/(events\.out\.tfevents)\.[^/]*/g, "$1")
    .replace(TIMES, "<time>")
    .replace(/\b\d{2}-\d{2}-\d{2}\b/g, "<time>")
    .replace(IDENTIFIERS, "<id>");
}

const asLatin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

const isGzip = (content: Buffer) => content[0] === 0x1f && content[1] === 0x8b;

/** RFC 1952: bytes 4 to 7 are the time of the original. */
function sameButGzipTime(before: Buffer, after: Buffer): boolean {
  return before.subarray(0, 4).equals(after.subarray(0, 4)) && before.subarray(8).equals(after.subarray(8));
}

/** Whether the texts are the same but for numbers, and these as near as `tolerance`. */
function numbersAgree(one: string, other: string, tolerance: number): boolean {
  if (one.replace(NUMBER, "#") !== other.replace(NUMBER, "#")) return false;
  const numbers = other.match(NUMBER) ?? [];
  return (one.match(NUMBER) ?? []).every((text, at) => text === numbers[at] || isNear(text, numbers[at]!, tolerance));
}

/** Whole numbers are counts and names: they do not come near each other. */
function isNear(one: string, other: string, tolerance: number): boolean {
  const isWhole = /^[-+]?\d+$/.test(one) && /^[-+]?\d+$/.test(other);
  return !isWhole && relativeDifference(Number(one), Number(other)) <= tolerance;
}
