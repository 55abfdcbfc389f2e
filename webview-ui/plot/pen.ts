/** What pictures are drawn with: on a canvas, and as SVG, so that what is exported is what was seen. Units: CSS pixels. */

export interface Stroke {
  colour: string;
  width: number;
  dash?: readonly number[];
  /** 0 to 1. */
  opacity?: number;
}

export interface TextStyle {
  colour: string;
  /** As CSS has it. */
  font: string;
  align?: "start" | "middle" | "end";
  /** What of the text is at y. */
  baseline?: "top" | "middle" | "bottom";
  /** Quarter turn to the left, around the point. */
  upwards?: boolean;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Pen {
  /** A line through the points; one that is NaN breaks it. A point alone is drawn as a dot. */
  line(x: ArrayLike<number>, y: ArrayLike<number>, stroke: Stroke): void;
  /** Between two lines over the same x; it breaks where one of them is NaN. */
  band(x: ArrayLike<number>, low: ArrayLike<number>, high: ArrayLike<number>, colour: string, opacity: number): void;
  box(box: Box, colour: string, opacity?: number): void;
  dot(x: number, y: number, radius: number, colour: string, opacity?: number): void;
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** What `draw` draws shows within the box alone. */
  within(box: Box, draw: () => void): void;
  /** What `draw` draws lies so much further to the right and below. */
  moved(x: number, y: number, draw: () => void): void;
}

/** Of the dot that stands for a point without neighbours: a line of no length would not show. */
export const aloneRadius = (width: number): number => width + 1.5;

/** The parts of a line between its breaks, as [start, end). */
export function unbroken(x: ArrayLike<number>, y: ArrayLike<number>, other: ArrayLike<number> = y): [number, number][] {
  const parts: [number, number][] = [];
  let start = -1;
  for (let at = 0; at <= x.length; at++) {
    const isGap = at === x.length || Number.isNaN(x[at]! + y[at]! + other[at]!);
    if (!isGap && start < 0) start = at;
    if (isGap && start >= 0) {
      parts.push([start, at]);
      start = -1;
    }
  }
  return parts;
}
