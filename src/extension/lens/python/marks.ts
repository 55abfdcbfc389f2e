/**
 * The places of a Python file beside which results are shown. The file is not tokenised whole, which would take too long while
 * somebody types in it: a look for a few words finds the calls that matter, and only those are read.
 */
import { argumentIn, metricsIn, type NamedArgument, type NamedMetric } from "./calls";
import { closingPlace, type LineTable, lineTable, skipQuoted } from "./text";

/** A text that may name metrics when it is printed, by its place: all that `print` is given, or an f-string wherever it is. */
export interface PrintedText {
  start: number;
  end: number;
  isTemplate: boolean;
}

export interface FunctionMark {
  name: string;
  /** The line above which its results stand: that of its first decorator, or of its `def`. */
  line: number;
}

export interface PythonMarks {
  source: string;
  lines: LineTable;
  /** Line of the main block, or of the first statement; undefined when there is none. */
  start: number | undefined;
  /** Metrics that are logged by name. */
  logged: NamedMetric[];
  printed: PrintedText[];
  /** Places of calls of a method `fit`. */
  fits: number[];
  arguments: NamedArgument[];
  /** The innermost function around a place. */
  functionAt(place: number): FunctionMark | undefined;
}

/** Quotes and comments, to be jumped over, and the words that matter. */
const MARK =
  /["'#]|\b(?:__name__|add_argument|add_scalar|log_metrics?|log_dict|log|report|print|fit)\b(?=\s*(\()|\s*==)/g;
const MAIN = /^if\s+__name__\s*==/;
/** Characters; a longer call is data. */
const LONGEST_CALL = 20_000;

export function readMarks(source: string): PythonMarks {
  const lines = lineTable(source);
  const inString = new Set<number>();
  const found: Pick<PythonMarks, "logged" | "printed" | "fits" | "arguments"> = {
    logged: [],
    printed: [],
    fits: [],
    arguments: [],
  };
  let main: number | undefined;

  MARK.lastIndex = 0;
  for (let match = MARK.exec(source); match; match = MARK.exec(source)) {
    const { 0: word, 1: open, index } = match;
    if (word.length === 1) {
      const end = skipQuoted(source, index);
      MARK.lastIndex = end;
      if (word !== "#" && /[fF]/.test(source[index - 1] ?? "")) {
        found.printed.push({ start: index, end, isTemplate: true });
      }
      if (word !== "#" && source.startsWith(word.repeat(3), index)) {
        for (let line = lines.at(index) + 1, last = lines.at(end - 1); line <= last; line++) inString.add(line);
      }
    } else if (word === "__name__") {
      const line = lines.at(index);
      if (MAIN.test(source.slice(lines.start(line), index + 20))) main ??= line;
    } else if (open) addCall(source, word, index, found);
  }
  return {
    source,
    lines,
    start: main ?? firstStatement(source, lines, inString),
    ...found,
    functionAt: functionFinder(source, lines, inString),
  };
}

function addCall(
  source: string,
  word: string,
  start: number,
  found: Pick<PythonMarks, "logged" | "printed" | "fits" | "arguments">,
): void {
  if (word === "fit") {
    if (source[start - 1] === ".") found.fits.push(start);
    return;
  }
  // A definition of that name is no call.
  if (/\bdef\s+$/.test(source.slice(Math.max(0, start - 8), start))) return;
  const open = source.indexOf("(", start);
  const close = closingPlace(source, open, open + LONGEST_CALL);
  if (close === undefined) return;
  if (word === "print") found.printed.push({ start: open, end: close + 1, isTemplate: false });
  else if (word === "add_argument") {
    const argument = argumentIn(source, start, close + 1);
    if (argument) found.arguments.push(argument);
  } else found.logged.push(...metricsIn(source, word, start, close + 1));
}

/** The first line that is neither blank, a comment nor a text that stands alone. */
function firstStatement(source: string, lines: LineTable, inString: ReadonlySet<number>): number | undefined {
  for (let line = 0; line < lines.count; line++) {
    const { text } = lineOf(source, lines, line);
    if (text !== "" && !/^["'#]/.test(text) && !inString.has(line)) return line;
  }
  return undefined;
}

const BLANK = /[^\S\n]*/y;

/** The line without its indentation. */
function lineOf(source: string, lines: LineTable, line: number): { indent: number; text: string } {
  const start = lines.start(line);
  BLANK.lastIndex = start;
  BLANK.test(source);
  const first = Math.max(start, BLANK.lastIndex);
  // Only the beginning is looked at.
  const end = source.indexOf("\n", first);
  return {
    indent: first - start,
    text: source.slice(first, Math.min(end < 0 ? source.length : end, first + 200)).trim(),
  };
}

const DEFINITION = /^(?:async\s+)?def\s+([^\s(]+)/;

/**
 * Goes up from a line through lines that are indented less and less. Blank lines, comments, what is inside of texts, and
 * closing brackets say nothing of where a block ends.
 */
function functionFinder(source: string, lines: LineTable, inString: ReadonlySet<number>) {
  const known = new Map<number, FunctionMark | undefined>();

  function find(from: number): FunctionMark | undefined {
    let { indent } = lineOf(source, lines, from);
    for (let line = from - 1; line >= 0 && indent > 0; line--) {
      if (inString.has(line)) continue;
      const { indent: own, text } = lineOf(source, lines, line);
      if (own >= indent || text === "" || /^[#)\]}]/.test(text)) continue;
      const name = DEFINITION.exec(text)?.[1];
      if (name !== undefined) return { name, line: decorated(line, own) };
      indent = own;
    }
    return undefined;
  }

  function decorated(line: number, indent: number): number {
    let top = line;
    while (top > 0) {
      const above = lineOf(source, lines, top - 1);
      if (above.indent !== indent || !above.text.startsWith("@")) break;
      top--;
    }
    return top;
  }

  return (place: number): FunctionMark | undefined => {
    let line = lines.at(place);
    while (inString.has(line)) line--;
    if (!known.has(line)) known.set(line, find(line));
    return known.get(line);
  };
}
