import { expect, test } from "vitest";
import type { JobView } from "../worker/jobs/api";
import { costSoFar, jobDescription, jobLabel, jobTooltip } from "./describeJob";

const HOUR = 3_600_000;
const NOW = 10 * HOUR;
const job = (more: Partial<JobView> = {}): JobView => ({
  id: "0123456789abcdef0123456789abcdef",
  run: null,
  target: "local",
  command: ["/venv/bin/python3.11", "train.py", "--lr", "0.1"],
  cwd: "/project",
  experiment: null,
  name: null,
  tags: {},
  note: null,
  source: "vscode",
  parent: null,
  state: "queued",
  outcome: null,
  reason: null,
  cancelling: false,
  priority: 0,
  gpus: 0,
  limits: {},
  sweep: null,
  retryOf: null,
  created: 0,
  started: null,
  ended: null,
  revision: 1,
  progress: null,
  costPerHour: null,
  ...more,
});

test("a job is called by its name, else by what it runs", () => {
  expect(jobLabel(job())).toBe("train.py --lr 0.1");
  expect(jobLabel(job({ command: ["/usr/bin/bash", "run.sh"] }))).toBe("bash run.sh");
  expect(jobLabel(job({ command: ["/usr/bin/python3"] }))).toBe("python3");
  expect(jobLabel(job({ name: "deep" }))).toBe("deep");
});

const running = { state: "running", started: NOW - HOUR / 2 } as const;
test.each([
  [{}, ""],
  [{ priority: 2, gpus: 1, target: "gpu" }, "gpu · priority 2 · 1 GPU"],
  [{ state: "waiting", target: "cluster", reason: "Resources" }, "cluster · waiting for its target · Resources"],
  [running, "30 min 00 s"],
  [{ ...running, limits: { seconds: 7_200 }, costPerHour: 3 }, "30 min 00 s of 2 h 00 min · cost 1.50"],
  [{ ...running, costPerHour: 3, limits: { cost: 4 } }, "30 min 00 s · cost 1.50 of 4"],
  [{ ...running, progress: { metric: "loss", value: 0.5, step: 12 } }, "30 min 00 s · step 12 · 0.5 loss"],
  [{ ...running, state: "collecting" }, "bringing results back · 30 min 00 s"],
  [{ ...running, cancelling: true }, "being cancelled · 30 min 00 s"],
  [
    { state: "ended", outcome: "failed", started: NOW - HOUR, ended: NOW - HOUR / 2, costPerHour: 1 },
    "failed · 30 min 00 s · cost 0.50 · 30 min ago",
  ],
  [{ state: "ended", outcome: "refused", ended: NOW }, "not started · just now"],
] as [Partial<JobView>, string][])("%j", (more, expected) => expect(jobDescription(job(more), NOW)).toBe(expected));

test("what it cost is known when its target says what an hour does", () => {
  expect(costSoFar(job(running), NOW)).toBeNull();
  expect(costSoFar(job({ ...running, costPerHour: 0 }), NOW)).toBe(0);
  expect(costSoFar(job({ costPerHour: 5 }), NOW)).toBeNull();
});

test("the tooltip has the whole command, why it is as it is, and its limits; nothing in it is Markdown of others", () => {
  const text = jobTooltip(
    job({ ...running, reason: "[click](command:x)", limits: { seconds: 60, memory: 2e9 }, gpus: 2 }),
    NOW,
  );
  expect(text).toContain("```sh\n/venv/bin/python3.11 train.py --lr 0.1\n```");
  expect(text).toContain("\\[click\\]");
  expect(text).toContain("Limits: time 1 min 00 s, memory 2.0 GB");
  expect(text).toContain("2 GPUs");
});
