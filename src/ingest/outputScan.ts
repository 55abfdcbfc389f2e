/** Goes through whole lines of output and finds those that say something, with little time for those that do not. */
import { cleanLine, isOfOtherRank, lastState } from "./outputLines";
import { CANDIDATE } from "./outputPatterns";
import { type LineMatch, matchLine } from "./outputRules";
import { createShapes, shapeOf } from "./outputShapes";
import type { OwnMatch, OwnRules } from "./ownRules";

export interface Scanner {
  /** What a single line says, as latin1 text that may hold colours. */
  one(line: string): LineMatch | undefined;
  /** Calls `found` for what each of the lines says; `bytes` are whole lines, each with its line feed. */
  many(bytes: Buffer, found: (match: LineMatch) => void): void;
  /** Whether the last line announced a line of source, so that the next one is not output. */
  readonly quoting: boolean;
}

/** Ordinary text: nothing in it to clean, apart from the carriage return of a terminal's line end. */
const PLAIN = /^[\t\x20-\x7e]*\r*$/;

/** `announced`: where another scanner left off, see `quoting`. `own`: the project's rules. */
export function createScanner(announced = false, own?: OwnRules): Scanner {
  const builtIn = createBuiltInScanner(announced);
  return own ? withOwnRules(builtIn, own) : builtIn;
}

/** Own rules may be about any line, so each is looked at by itself. */
function withOwnRules(builtIn: Scanner, own: OwnRules): Scanner {
  function one(line: string): LineMatch | undefined {
    const text = isOfOtherRank(line) ? "" : cleanLine(line);
    const said = text === "" ? undefined : own.match(text);
    // Built-in rules see bytes, one character each.
    const known = builtIn.one(said ? Buffer.from(said.rest).toString("latin1") : line);
    if (text === "" || own.ignoresLine(text)) return undefined;
    return join(said, own.builtIn ? allowed(known, own) : undefined);
  }

  return {
    get quoting() {
      return builtIn.quoting;
    },
    one,
    many(bytes, found) {
      const text = bytes.toString("latin1");
      for (let start = 0; start < text.length; ) {
        const end = text.indexOf("\n", start);
        const said = one(lastState(text.slice(start, end)));
        if (said) found(said);
        start = end + 1;
      }
    },
  };
}

function allowed(match: LineMatch | undefined, own: OwnRules): LineMatch | undefined {
  if (!match) return undefined;
  const values = match.values.filter(({ key }) => own.allows(key));
  return values.length === match.values.length ? match : { ...match, values };
}

/** Of one metric in one line, the own rule counts; so does the step it gives. */
function join(own: OwnMatch | undefined, known: LineMatch | undefined): LineMatch | undefined {
  if (!own || !known) return own ?? known;
  const others = known.values.filter(({ key }) => !own.values.some((one) => one.key === key));
  const counts = own.step === undefined && own.epoch === undefined ? known : own;
  const { step, epoch = known.epoch } = counts;
  const { total, bar } = counts === own ? {} : known;
  return { values: [...own.values, ...others], step, epoch, total, bar };
}

function createBuiltInScanner(announced: boolean): Scanner {
  const match = createShapes();
  let quoting = announced;

  return {
    get quoting() {
      return quoting;
    },
    one(line) {
      const quoted = quoting && isIndented(line, 0);
      quoting = announcesSource(line, 0);
      CANDIDATE.lastIndex = 0;
      if (quoted || !CANDIDATE.test(line) || isOfOtherRank(line)) return undefined;
      return PLAIN.test(line) ? match(line, shapeOf(Buffer.from(line, "latin1"))) : matchLine(cleanLine(line));
    },
    many(bytes, found) {
      const text = bytes.toString("latin1");
      let shapes: string | undefined;
      CANDIDATE.lastIndex = 0;
      while (CANDIDATE.test(text)) {
        // A candidate is never longer than its line.
        const end = text.indexOf("\n", CANDIDATE.lastIndex);
        const start = lineStart(text, end);
        CANDIDATE.lastIndex = end;
        if (isIndented(text, start) && (start === 0 ? quoting : announcesSource(text, lineStart(text, start - 1))))
          continue;
        const raw = text.slice(start, end);
        if (isOfOtherRank(raw)) continue;
        let said: LineMatch | undefined;
        if (PLAIN.test(raw)) {
          shapes ??= shapeOf(bytes);
          said = match(raw, shapes.slice(start, end));
        } else said = matchLine(cleanLine(lastState(raw)));
        if (said) found(said);
      }
      if (bytes.length > 0) quoting = announcesSource(text, lineStart(text, text.length - 1));
    },
  };
}

/** Where the line begins whose line feed stands at `end`. */
function lineStart(text: string, end: number): number {
  return end <= 0 ? 0 : text.lastIndexOf("\n", end - 1) + 1;
}

/** In a traceback, a line such as `  File "train.py", line 3` is followed by the line of source, indented further. */
function announcesSource(text: string, start: number): boolean {
  return text.startsWith('  File "', start);
}

function isIndented(text: string, start: number): boolean {
  return text.startsWith("    ", start);
}
