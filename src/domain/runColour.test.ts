import { describe, expect, test } from "vitest";
import { RUN_COLOURS, RUN_DASHES, runColour, runDash } from "./runColour";

type Triple = [number, number, number];

/** Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB. */
const SIGHTS: Record<string, Triple[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};

function linear(colour: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const times = (rows: Triple[], [r, g, b]: Triple) =>
  rows.map((row) => Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b))) as Triple;

function lab([r, g, b]: Triple): Triple {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [r, g, b] = linear(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return Math.max(a, b) / Math.min(a, b);
}

describe.each([
  ["light", ["#ffffff", "#f3f3f3"]],
  ["dark", ["#1e1e1e", "#000000"]],
] as const)("on a %s background", (background, behind) => {
  test("each colour stands out", () => {
    const least = Math.min(...RUN_COLOURS[background].flatMap((one) => behind.map((other) => contrast(one, other))));
    expect(least).toBeGreaterThan(3);
  });

  test.each(Object.keys(SIGHTS))("any two differ for %s sight", (sight) => {
    const seen = RUN_COLOURS[background].map((colour) => lab(times(SIGHTS[sight]!, linear(colour))));
    const distances = seen.flatMap((one, at) =>
      seen.slice(0, at).map((other) => Math.hypot(...one.map((value, axis) => value - other[axis]!))),
    );
    expect(Math.min(...distances)).toBeGreaterThan(12);
  });
});

test("a run keeps its look, and all looks are used", () => {
  const looks = new Set<string>();
  for (let at = 0; at < 2000; at++) {
    const id = at.toString(16).padStart(32, "0");
    expect(runColour(id, "dark")).toBe(runColour(id, "dark"));
    looks.add(`${runColour(id, "dark")} ${runDash(id)}`);
  }
  expect(looks.size).toBe(RUN_COLOURS.dark.length * RUN_DASHES.length);
});
