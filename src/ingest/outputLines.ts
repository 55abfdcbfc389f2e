/**
 * Lines as a terminal shows them: a carriage return begins the line again, so a progress bar is one line with many states,
 * and what counts is the last one.
 */
import { stripVTControlCharacters } from "node:util";
import * as z from "zod/mini";

/** Characters of a line that are looked at. */
export const MAX_LINE = 4_096;

/** The line in progress: its last whole state, and what came after the last carriage return. */
export const SavedTail = z.object({ shown: z.string(), rest: z.string() });

export interface LineTail {
  /** Adds text without a line feed. */
  add(text: string): void;
  /** Ends the line in progress with text without a line feed: gives what the line shows in the end. */
  end(text: string): string;
  /** The last whole state of the line in progress, "" when it has none. */
  state(): string;
  save(): z.infer<typeof SavedTail>;
}

/** Keeps the end of the log that is not a whole line yet, in bounded space however long the line grows. */
export function createLineTail(saved?: z.infer<typeof SavedTail>): LineTail {
  let { shown, rest } = saved ?? { shown: "", rest: "" };

  function add(text: string): void {
    const lastReturn = text.lastIndexOf("\r");
    if (lastReturn < 0) {
      if (rest.length < MAX_LINE) rest += text.slice(0, MAX_LINE - rest.length);
      return;
    }
    const firstReturn = text.indexOf("\r");
    const first = (rest + text.slice(0, Math.min(firstReturn, MAX_LINE))).slice(0, MAX_LINE);
    if (first.trim() !== "") shown = first;
    // States further back cannot be the last one.
    const states = text.slice(Math.max(firstReturn + 1, lastReturn - 4 * MAX_LINE), lastReturn);
    const state = lastState(states);
    if (state.trim() !== "") shown = state;
    rest = text.slice(lastReturn + 1, lastReturn + 1 + MAX_LINE);
  }

  return {
    add,
    end(text) {
      add(text);
      const line = rest.trim() !== "" ? rest : shown;
      shown = "";
      rest = "";
      return cut(line);
    },
    state: () => shown,
    save: () => ({ shown, rest }),
  };
}

/** What a line shows after its carriage returns: its last state that is not blank, cut to a length worth matching. */
export function lastState(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 13) end--;
  let start = line.lastIndexOf("\r", end - 1) + 1;
  while (start > 0 && line.slice(start, end).trim() === "") {
    end = start - 1;
    start = end > 0 ? line.lastIndexOf("\r", end - 1) + 1 : 0;
  }
  return cut(line.slice(start, Math.min(end, start + MAX_LINE)));
}

/** A line of the greatest length was cut off somewhere: its last word may be half of one. */
function cut(line: string): string {
  return line.length < MAX_LINE ? line : line.slice(0, Math.max(line.lastIndexOf(" "), line.lastIndexOf(",")) + 1);
}

// What terminals understand is left out: bell, backspace, tab, line ends and the escape that colours begin with.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\x00-\x06\x0e-\x1a\x1c-\x1f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0b-\x1f]/;
const CONTROLS = new RegExp(CONTROL, "g");

/**
 * What launchers put before the lines of one of several processes that train together: torchrun and PyTorch `[rank1]:` and
 * `[default1]:`, mpirun `[1,0]<stdout>:`. Captures the number of the process.
 */
const RANK = /^\s*\[(?:(?:rank|default)[ _]?|\d+,)(\d+)\](?:<std(?:out|err)>)?:/i;

/** Whether the line is of another process than the first of those: they all say the same, or speak of their part only. */
export function isOfOtherRank(line: string): boolean {
  const found = line.includes("]") ? RANK.exec(line) : null;
  return found !== null && Number(found[1]) > 0;
}

/**
 * Text without colours and control characters; "" for a line that is no text. It comes as latin1, one character a byte, so
 * that only what counts is decoded.
 */
export function cleanLine(raw: string): string {
  if (BINARY.test(raw)) return "";
  const line = CONTROL.test(raw) ? stripVTControlCharacters(raw).replace(CONTROLS, "") : raw;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything that is not ASCII
  return /[^\x00-\x7f]/.test(line) ? Buffer.from(line, "latin1").toString("utf8") : line;
}
