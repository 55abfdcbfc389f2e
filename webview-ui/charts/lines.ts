/** What a chart draws: a line for each run or group, with its look. */
import { type CurveSet, edgeOf, type Grid, type GroupCurve, type Trace } from "../../src/domain/curve";
import { type Background, RUN_COLOURS, RUN_DASHES, runColour, runDash } from "../../src/domain/runColour";

export interface Line {
  /** The run's id, or the group's label. */
  id: string;
  label: string;
  colour: string;
  dash: readonly number[];
  x: Float64Array;
  y: Float64Array;
  /** Behind the line: of a smoothed one the points as they are, of a group what its runs span. */
  behind:
    | { kind: "points"; x: Float64Array; y: Float64Array }
    | { kind: "span"; low: Float64Array; high: Float64Array }
    | null;
}

export interface LineNames {
  /** Name of a run, by id. */
  run(id: string): string;
  /** Label of a group, by its place in the request. */
  group(place: number): string;
  background: Background;
}

export function linesOf({ grid, curves, groups }: CurveSet, names: LineNames): Line[] {
  if (!grid) return [];
  const ofRuns = curves.map((curve): Line => {
    return {
      id: curve.run,
      label: names.run(curve.run),
      ...lookOf(curve.run, names.background),
      ...shapeOf(curve, grid),
    };
  });
  const ofGroups = groups.map((curve): Line => {
    const label = names.group(curve.group);
    return { id: label, label, ...groupLook(curve.group, names.background), ...groupShape(curve, grid) };
  });
  return [...ofRuns, ...ofGroups];
}

/** Groups are few and of this chart only: in their order they have looks as different as can be. */
export function groupLook(place: number, background: Background): Pick<Line, "colour" | "dash"> {
  const colours = RUN_COLOURS[background];
  const dash = RUN_DASHES[Math.floor(place / colours.length) % RUN_DASHES.length]!;
  return { colour: colours[place % colours.length]!, dash };
}

/** The look that a run has everywhere. */
export function lookOf(id: string, background: Background): Pick<Line, "colour" | "dash"> {
  return { colour: runColour(id, background), dash: runDash(id) };
}

type Shape = Pick<Line, "x" | "y" | "behind">;

function shapeOf(trace: Trace, grid: Grid): Shape {
  const { slots, smooth, y } = trace;
  const x = slots ? extremesX(slots, grid) : trace.x;
  if (!smooth) return { x, y, behind: null };
  const middles = slots ? Float64Array.from(slots, (slot) => edgeOf(grid, slot + 0.5)) : x;
  return { x: middles, y: smooth, behind: { kind: "points", x, y } };
}

/** The two values of a bucket lie side by side in it. */
function extremesX(slots: Uint16Array, grid: Grid): Float64Array {
  const x = new Float64Array(slots.length * 2);
  for (let at = 0; at < slots.length; at++) {
    x[at * 2] = edgeOf(grid, slots[at]! + 0.25);
    x[at * 2 + 1] = edgeOf(grid, slots[at]! + 0.75);
  }
  return x;
}

function groupShape({ mean, low, high }: GroupCurve, grid: Grid): Shape {
  const x = Float64Array.from(mean, (_, slot) => edgeOf(grid, slot + 0.5));
  return { x, y: mean, behind: { kind: "span", low, high } };
}
