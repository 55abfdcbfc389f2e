import { expect, test } from "vitest";
import type { ImportanceAnswer } from "../../../src/protocol/charts";
import { place } from "../../plot/scale";
import { svgPen } from "../../plot/svgPen";
import { drawImportance, heightFor, layOut } from "./drawImportance";
import { importanceTable, readParam, trust } from "./words";

const colours = { importance: "#111111", rises: "#222222", falls: "#333333" };
const theme = { foreground: "#fff", faint: "#999", background: "#000", cursor: "#00f", font: "11px x" };
const params: ImportanceAnswer["params"] = [
  { name: "lr", importance: 1.2, spread: 0.1, correlation: -0.8123456 },
  { name: `<script>"`, importance: 0.3, spread: 0.05, correlation: null },
  { name: "seed", importance: -0.02, spread: 0.03, correlation: 0.01 },
];
const answer: ImportanceAnswer = { params, runs: 40, explained: 0.874, leftOut: 0 };

test("says how far it can be trusted", () => {
  expect(trust(answer)).toContain("predicts 87 % of how the 40 runs differ");
  expect(trust(answer)).not.toContain("guess");
  expect(trust({ ...answer, explained: -0.4 })).toMatch(
    /predicts 0 % .*That is little: take what follows for a guess\./,
  );
  expect(trust({ ...answer, leftOut: 7 })).toContain("7 rarer params were not looked at.");
});

test("params are read, and saved to every digit", () => {
  expect(readParam(params[0]!)).toEqual([
    ["Importance", "120 % ± 10 %"],
    ["Rank correlation", "-0.812"],
  ]);
  expect(readParam(params[1]!)[1]).toEqual(["Rank correlation", "none: words"]);
  expect(importanceTable({ params: [{ ...params[0]!, name: "=lr" }] }).rows).toEqual([
    ["'=lr", "1.2", "0.1", "-0.8123456"],
  ]);
});

test("each param has a row with bars from zero, and its name without markup", () => {
  const size = { width: 800, height: heightFor(3) };
  const pen = svgPen(size.width, size.height);
  drawImportance(pen, { params, colours }, size, theme);
  const svg = pen.svg("#000");
  expect(svg).toContain("&lt;script&gt;");
  expect(svg.match(/fill="#111111"/g)).toHaveLength(3);
  expect([svg.match(/fill="#222222"/g)!.length, svg.match(/fill="#333333"/g)!.length]).toEqual([1, 1]);
  const { importance, correlation, shown } = layOut({ params, colours }, size);
  expect(shown).toBe(3);
  expect(place(importance, 0)).toBeGreaterThan(importance.start);
  expect(importance.end).toBeLessThan(correlation.start);
});

test("of more params than there is room for the first show, with how many do not", () => {
  const many = Array.from({ length: 100 }, (_, at) => ({ ...params[0]!, name: `p${at}` }));
  const pen = svgPen(800, 300);
  drawImportance(pen, { params: many, colours }, { width: 800, height: 300 }, theme);
  const { shown } = layOut({ params: many, colours }, { width: 800, height: 300 });
  expect(shown).toBeLessThan(20);
  expect(pen.svg("#000")).toContain(`and ${100 - shown} that matter less`);
});
