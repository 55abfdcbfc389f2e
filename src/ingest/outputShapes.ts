/**
 * Programs print lines of few shapes, very often. The form of a line is found once for each shape, the line with every digit
 * as 0: lines of one shape have their numbers at the same places.
 */
import { formOf, type LineForm } from "./outputForm";
import { type LineMatch, matchLine, matchNested, readForm, unwrapNumbers } from "./outputRules";

/** Shapes kept. Numbers of many lengths side by side make many; then they are of no use and are forgotten. */
const MAX_SHAPES = 1_000;
const ZERO = 48;
const NINE = 57;

/** `bytes` as latin1 text in which every digit is 0. */
export function shapeOf(bytes: Uint8Array): string {
  const shape = Buffer.from(bytes);
  for (let at = 0; at < shape.length; at++) {
    const byte = shape[at]!;
    if (byte > ZERO && byte <= NINE) shape[at] = ZERO;
  }
  return shape.toString("latin1");
}

/** `matchLine` that remembers shapes. The shape of the line is given, because it is cheap to make for many lines at once. */
export function createShapes(): (line: string, shape: string) => LineMatch | undefined {
  const forms = new Map<string, LineForm | null>();

  function remember(text: string, shape: string): LineForm | null {
    const form = formOf(text) ?? null;
    if (forms.size >= MAX_SHAPES) forms.clear();
    forms.set(shape, form);
    return form;
  }

  return (line, shape) => {
    const text = unwrapNumbers(line);
    if (text !== line) return matchLine(text);
    let form = forms.get(shape);
    if (form === undefined || (form && !namesFit(form, text))) form = remember(text, shape);
    return form ? readForm(form, text) : matchNested(text);
  };
}

/** Digits may be part of a name: "top1: 0.5" and "top5: 0.9" have one shape. */
function namesFit({ values }: LineForm, line: string): boolean {
  for (const { name, nameAt } of values) if (!line.startsWith(name, nameAt)) return false;
  return true;
}
