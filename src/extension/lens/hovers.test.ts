import { expect, test } from "vitest";
import { type HoverContext, LINKED_COMMANDS, metricHover, paramHover } from "./hovers";
import { pictureAddress, sparkline } from "./sparkline";
import { editorResults, metricResults, result, resultRun } from "./testResults";

const CONTEXT: HoverContext = { root: "/p", file: "file:///p/train.py", stale: false, now: 61_000 };

test("a metric has its series as a picture, the last runs, and links to commands that may be called", () => {
  const metric = metricResults({ last: result("calm", 0.5), best: result("wild", 0.9) });
  const trail = {
    values: [1, 2, 3],
    last: [result("calm", 0.5), result("odd", 0.4, { status: "killed", signal: "SIGINT" })],
    less: false,
  };
  const text = metricHover("val_acc", metric, trail, CONTEXT);
  expect(text).toContain("**val\\_acc** — last 0.5 · best 0.9, [wild](command:modeltrail.showRun?");
  expect(text).toContain(`](${pictureAddress(sparkline(trail.values))})`);
  expect(text).toMatch(/\| \[odd\]\(command:\S+\) \| 0\\.4 \| &nbsp;ended by SIGINT · 1 min ago \|/);
  const linked = [...text.matchAll(/\]\(command:([\w.]+)\?([^)]*)\)/g)];
  expect(new Set(linked.map(([, command]) => command))).toEqual(new Set(LINKED_COMMANDS));
  const compare = linked.find(([, command]) => command === "modeltrail.compareRuns")!;
  const runs = ["wild", "calm"].map((id) => ({ root: "/p", id }));
  expect(JSON.parse(decodeURIComponent(compare[2]!))).toEqual([runs[0], runs]);
  expect(text).not.toContain("changed since");
  expect(metricHover("val_acc", metric, trail, { ...CONTEXT, stale: true })).toContain("The file was changed since");
});

test("names of runs and values cannot break out of the text", () => {
  const name = "a](command:evil) | **b**";
  const params = { lr: "`x` | [y](z)" };
  const results = editorResults({ key: "acc", best: { run: resultRun(name), params } });
  const trail = { key: "acc", runs: [{ run: resultRun(name), value: params.lr, result: Number.NaN }] };
  const text = paramHover("lr", results, trail, CONTEXT);
  expect(text).not.toMatch(/[^\\]\]\(command:evil/);
  expect(text).not.toContain("[y](z)");
  for (const line of text.split("\n").filter((line) => line.startsWith("| ["))) {
    expect(line.replaceAll("\\|", "").split("|")).toHaveLength(6);
  }
});

test("a param has its values and what they came to", () => {
  const results = editorResults({ key: "acc", best: { run: resultRun("wild"), params: { lr: "0.1" } } });
  const runs = [
    { run: resultRun("calm"), value: "0.2", result: 0.5 },
    { run: resultRun("wild"), value: "0.1", result: 0.9 },
  ];
  const text = paramHover("lr", results, { key: "acc", runs }, CONTEXT);
  expect(text).toMatch(/^\*\*lr\*\* — the best run, \[wild\]\(\S+\), used 0\\\.1/);
  expect(text).toMatch(/\| Run \| Value \| acc \| {2}\|/);
  expect(text).toMatch(/\[calm\]\(\S+\) \| 0\\\.2 \| 0\.5 \| &nbsp;1 min ago \|/);
});

test("a curve has a gap where it is not a number, and a point at its end", () => {
  const svg = sparkline([1, Number.NaN, 2, 3]);
  expect(svg.match(/M/g)).toHaveLength(2);
  expect(svg).toContain('<circle cx="236.0" cy="4.0"');
  expect(sparkline([5, 5])).toContain("24.0");
  expect([sparkline([]), sparkline([1]), sparkline([Number.NaN, 1])]).toEqual(["", "", ""]);
});
