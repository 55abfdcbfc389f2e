import { expect, test } from "vitest";
import { RUN_COLOURS } from "../../src/domain/runColour";
import { svgPen } from "../plot/svgPen";
import { colouringOf, drawKey, keyWidth, mixed } from "./colouring";
import type { Column } from "./columns";

const column = (values: number[], words: string[] | null = null): Column => {
  return { id: "param:x", label: "x", values: Float64Array.from(values), words, kind: "number" };
};
const ids = ["a", "b", "c"].map((id) => id.repeat(32));

/** Relative luminance, as WCAG 2 has it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each([
  ["dark", "#1f1f1f"],
  ["light", "#ffffff"],
] as const)(
  "the scale on a %s background goes one way in lightness, and stands out from it by 3:1",
  (background, behind) => {
    const shades = Array.from({ length: 101 }, (_, at) => luminance(mixed(background, at / 100)));
    const way = background === "dark" ? 1 : -1;
    for (let at = 1; at < shades.length; at++) expect((shades[at]! - shades[at - 1]!) * way).toBeGreaterThan(0);
    const contrasts = shades.map((shade) => {
      const [high, low] = [Math.max(shade, luminance(behind)), Math.min(shade, luminance(behind))];
      return (high + 0.05) / (low + 0.05);
    });
    expect(Math.min(...contrasts)).toBeGreaterThan(3);
  },
);

test("a run has its own colour, or that of its value; without a value it has none", () => {
  expect(RUN_COLOURS.dark).toContain(colouringOf(null, ids, [0, 1], "dark").of(0));
  const { of, key } = colouringOf(column([1, 3, Number.NaN]), ids, [0, 1, 2], "dark");
  expect([of(0), of(1), of(2)]).toEqual([mixed("dark", 0), mixed("dark", 1), undefined]);
  expect(key).toMatchObject({ kind: "scale", range: { from: 1, to: 3 }, log: false });
  expect(colouringOf(column([0.001, 1, 5]), ids, [0, 1, 2], "dark").key).toMatchObject({ log: true });
  expect(colouringOf(column([Number.NaN, Infinity]), ids, [0, 1], "dark").of(1)).toBeUndefined();
  expect(colouringOf(column([4, 4]), ids, [0, 1], "dark").of(0)).toBe(mixed("dark", 0.5));
});

test("words have colours of their own, and only those that show are told", () => {
  const { of, key } = colouringOf(column([0, 2, Number.NaN], ["<b>", "sgd", "lion"]), ids, [0, 1], "dark");
  expect([of(0), of(1), of(2)]).toEqual([RUN_COLOURS.dark[0], RUN_COLOURS.dark[2], undefined]);
  const pen = svgPen(500, 200);
  const theme = { foreground: "#fff", faint: "#999", background: "#000", cursor: "#00f", font: "11px x" };
  drawKey(pen, { of, key }, { width: 500, height: 200 }, theme);
  expect(pen.svg("#000")).toContain("&lt;b&gt;");
  expect(pen.svg("#000")).not.toContain("sgd");
});

test("a narrow picture has no room to tell what the colours stand for", () => {
  const colouring = colouringOf(column([1, 3]), ids, [0, 1], "dark");
  expect([keyWidth(colouring, 800) > 0, keyWidth(colouring, 300)]).toEqual([true, 0]);
});
