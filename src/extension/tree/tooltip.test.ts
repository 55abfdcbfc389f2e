import { expect, test } from "vitest";
import type { RunSummary } from "../../domain/run";
import { escapeMarkdown } from "../markdown";
import { runTooltip } from "./tooltip";

const RUN: RunSummary = {
  id: "0".repeat(32),
  name: "calm-otter",
  experiment: "wine",
  status: "finished",
  exitCode: 0,
  signal: null,
  startTime: 1_000_000,
  endTime: 1_012_345,
  command: ["python", "train.py", "--name", "a b"],
  cwd: "/w",
  script: "train.py",
  params: { lr: "0.1" },
  metrics: {
    accuracy: { last: 0.94213, min: 0.1, max: 0.95, count: 3, lastStep: 2 },
    "system/cpu": { last: 1, min: 1, max: 1, count: 1, lastStep: 0 },
  },
  tags: {},
  note: "",
  parent: null,
  pinned: false,
  inputs: null,
  repeatOf: null,
  repeats: 1,
  gaps: [],
  warnings: [],
  logSize: 0,
  revision: 1,
};

test("status, duration, command, params and metrics", () => {
  const text = runTooltip(RUN, 2_000_000);
  expect(text).toContain("**calm\\-otter** — finished");
  expect(text).toContain("12 s");
  expect(text).toContain("```sh\npython train.py --name 'a b'\n```");
  expect(text).toContain("| lr | 0\\.1 |");
  expect(text).toContain("| accuracy | 0\\.94213 |");
  expect(text).not.toContain("system");
});

test("tags, gaps and warnings when there are any", () => {
  const gaps = [{ kind: "too-big" as const, path: "big.bin", message: "2 GB" }];
  const text = runTooltip({ ...RUN, tags: { stage: "dev" }, gaps, warnings: ["No GPU"] }, 0);
  expect(text).toContain("Tags: stage=dev");
  expect(text).toContain("- big\\.bin: 2 GB\n- No GPU");
});

test.each([
  "<img src=x onerror=alert(1)>",
  "[a](command:x)",
  "| a |",
  "**b**",
  "`code`",
  "$(zap)",
  "# head",
  "![i](http://x)",
])("%s in a name is only text", (name) => {
  const first = runTooltip({ ...RUN, name }, 0).split("\n")[0]!;
  expect(first).toBe(`**${escapeMarkdown(name)}** — finished`);
  expect(first.slice(2, -"** — finished".length)).not.toMatch(/(^|[^\\])[<>[\]`*|$!#]/);
});

test("backticks cannot close the command's block, and nothing is endless", () => {
  const params = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, "x".repeat(10_000)]));
  const text = runTooltip({ ...RUN, command: ["a", "```\n**b**"], params }, 0);
  expect(text).toContain("````sh\n");
  expect(text).toContain("… 38 more");
  expect(text.length).toBeLessThan(5_000);
});
