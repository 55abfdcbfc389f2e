/** What a line of output says: metrics, and where the run is. The rules themselves: outputForm.ts. */
import { flattenNumbers, parseLooseJson } from "./numbers";
import { braceOf, countOf, formOf, type LineForm, type Span, splitAt } from "./outputForm";
import { isNoise } from "./outputNoise";
import { SETTINGS, WRAPPED } from "./outputPatterns";
import type { Position } from "./outputSeries";

export interface LineMatch extends Position {
  /** In the order of the line. `rule`: the number of the project's own rule, from 1. */
  values: { key: string; value: number; rule?: number }[];
  /** See `LineForm.bar`. */
  bar?: LineForm["bar"] | undefined;
}

/** What a line says, or undefined. The line has no colours and no line end. */
export function matchLine(line: string): LineMatch | undefined {
  const text = unwrapNumbers(line);
  const form = formOf(text);
  return form ? readForm(form, text) : matchNested(text);
}

/** The line with "tensor(0.5, device='cuda:0')" as 0.5. */
export function unwrapNumbers(line: string): string {
  return line.includes("(") ? line.replace(WRAPPED, "$1") : line;
}

/** The numbers that stand at the places of a form. */
export function readForm({ values, epoch, step, total, bar }: LineForm, text: string): LineMatch {
  return {
    values: values.map(({ key, at, end }) => ({ key, value: toNumber(text.slice(at, end)) })),
    epoch: numberAt(epoch, text),
    step: numberAt(step, text),
    total: numberAt(total, text),
    bar,
  };
}

function numberAt(span: Span | undefined, text: string): number | undefined {
  return span && Number(text.slice(span.at, span.end));
}

function toNumber(text: string): number {
  const number = Number(text);
  if (!Number.isNaN(number) || /nan/i.test(text)) return number;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A dictionary with more in it than numbers: text, lists, dictionaries. */
export function matchNested(text: string): LineMatch | undefined {
  const brace = braceOf(text);
  if (brace === undefined || SETTINGS.test(text.slice(0, brace))) return undefined;
  const match: LineMatch = { values: [] };
  const split = splitAt(text);
  for (const [key, value] of flattenNumbers(parseLooseJson(text.slice(brace).trimEnd()), { strings: true })) {
    const count = countOf(key);
    if (count) match[count] = value;
    else if (!isNoise(key, String(value))) match.values.push({ key: split + key, value });
  }
  return match.values.length > 0 || match.epoch !== undefined ? match : undefined;
}
