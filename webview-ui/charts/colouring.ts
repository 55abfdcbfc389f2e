/** Which colour a run has in a chart: its own, or that of its value in a column. */
import { type Background, runColour } from "../../src/domain/runColour";
import { showText } from "../base/numbers";
import type { Size } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { place, type Range, rangeOf, type Scale } from "../plot/scale";
import type { PlotTheme } from "../plot/theme";
import { ticksOf } from "../plot/ticks";
import type { Column } from "./columns";
import { groupLook } from "./lines";
import { suitsLog, valuesOf } from "./valueAxis";

export interface Colouring {
  /** Of the run in this row; undefined: it has no value, and is drawn faint. */
  of(row: number): string | undefined;
  /** What the colours stand for; null: each run has its own. */
  key:
    | { kind: "scale"; title: string; range: Range; log: boolean; column: Column; background: Background }
    | { kind: "words"; title: string; words: { label: string; colour: string }[] }
    | null;
}

/**
 * From little to much. Lightness rises (falls, on a light background) all the way, so that the order is seen with any kind of
 * sight, and each colour stands out from the background by 3:1: colouring.test.ts works it out.
 */
export const SCALES: Readonly<Record<Background, readonly [string, string, string]>> = {
  light: ["#c4711b", "#a8326f", "#2c105c"],
  dark: ["#6a7be0", "#3fb8a5", "#fde725"],
};

/** `column` null: each run has its own colour. */
export function colouringOf(
  column: Column | null,
  ids: readonly string[],
  rows: readonly number[],
  background: Background,
): Colouring {
  if (!column) return { of: (row) => runColour(ids[row]!, background), key: null };
  const title = showText(column.label, 40);
  const { words, values } = column;
  if (words) {
    const used = new Set(valuesOf(column, rows));
    const colourOf = (word: number) => groupLook(word, background).colour;
    const shown = words.map((label, word) => ({ label, colour: colourOf(word), word }));
    return {
      of: (row) => (Number.isNaN(values[row]!) ? undefined : colourOf(values[row]!)),
      key: { kind: "words", title, words: shown.filter(({ word }) => used.has(word)) },
    };
  }
  const log = suitsLog(column);
  const range = rangeOf([valuesOf(column, rows)], log);
  if (!range) return { of: () => undefined, key: null };
  const scale: Scale = { ...range, start: 0, end: 1, log };
  const of = (row: number) => {
    const value = values[row]!;
    if (!Number.isFinite(value)) return undefined;
    return mixed(background, range.from === range.to ? 0.5 : Math.min(1, Math.max(0, place(scale, value))));
  };
  return { of, key: { kind: "scale", title, range, log, column, background } };
}

/** `share` from 0 to 1. */
export function mixed(background: Background, share: number): string {
  const [low, middle, high] = SCALES[background];
  const [from, to, part] = share < 0.5 ? [low, middle, share * 2] : [middle, high, share * 2 - 1];
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)) as [number, number];
    return Math.round(a + (b - a) * part);
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Narrower pictures have no room beside what they show. */
const LEAST_WIDTH = 420;

/** Width that `drawKey` takes, at the right of a picture of this width. */
export const keyWidth = ({ key }: Colouring, width: number): number => (key && width >= LEAST_WIDTH ? 132 : 0);

const BAR = 12;
const STEPS = 48;
const ROW = 16;

/** What the colours stand for, at the right end of a picture of this size. */
export function drawKey(pen: Pen, colouring: Colouring, { width, height }: Size, theme: PlotTheme): void {
  const { key } = colouring;
  const room = keyWidth(colouring, width);
  if (!key || room === 0) return;
  const left = width - room + 8;
  const text = { colour: theme.faint, font: theme.font };
  pen.text(shortened(key.title, 20), left, 16, { ...text, colour: theme.foreground });
  const [top, bottom] = [32, height - 26];
  if (key.kind === "words") {
    const most = Math.max(1, Math.floor((bottom - top) / ROW));
    const shown = key.words.length > most ? key.words.slice(0, most - 1) : key.words;
    for (const [at, { label, colour }] of shown.entries()) {
      pen.dot(left + 5, top + at * ROW, 4, colour);
      pen.text(showText(label, 15), left + 14, top + at * ROW, text);
    }
    if (shown.length < key.words.length) {
      pen.text(`and ${key.words.length - shown.length} more`, left + 14, top + shown.length * ROW, text);
    }
    return;
  }
  const { range, log, column, background } = key;
  const stripe = (bottom - top) / STEPS;
  for (let at = 0; at < STEPS; at++) {
    // A hair higher than its part, so that no seam shows between two.
    const box = { x: left, y: bottom - (at + 1) * stripe, width: BAR, height: stripe + 0.5 };
    pen.box(box, mixed(background, (at + 0.5) / STEPS));
  }
  const scale: Scale = { ...range, start: bottom, end: top, log };
  for (const { value, label } of ticksOf(scale, Math.max(2, Math.floor((bottom - top) / 40)), column.kind)) {
    if (label)
      pen.text(
        shortened(label, 14),
        left + BAR + 6,
        range.from === range.to ? (top + bottom) / 2 : place(scale, value),
        text,
      );
  }
}

const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
