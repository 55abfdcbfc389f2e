import { expect, test } from "vitest";
import type { Reproduction } from "../../domain/reproduction";
import type { RestoreReport } from "../../domain/restore";
import type { SpaceUsage } from "../../space/usage";
import type { PredictionsView } from "../worker/deployments/api";
import { predictionsReport } from "./predictionsReport";
import { reproductionReport } from "./reproductionReport";
import { restoreReport } from "./restoreReport";
import { spaceReport } from "./spaceReport";
import { versionsReport } from "./versionsReport";

const id = (digit: string) => digit.repeat(32);
const hash = (digit: string) => digit.repeat(64);
const NASTY = "<img src=x> [a](command:b) | `c`";

/** What a Markdown reader would take for HTML, a link, or the end of a cell. */
function expectHarmless(markdown: string): void {
  const text = markdown.replace(/`[^`\n|]*`/g, "code");
  expect(text).not.toMatch(/(^|[^\\])<img/);
  expect(text).not.toMatch(/[^\\]\]\(command:/);
}

const REPRODUCTION: Reproduction = {
  run: id("1"),
  child: id("2"),
  verdict: "different",
  tolerance: 0.01,
  reasons: [`numpy is another one: ${NASTY}`],
  inputs: [{ part: "environment", path: null, message: "numpy 1.0 became 2.0" }],
  outputs: [
    { path: "out/model.bin", verdict: "different", before: hash("a"), after: hash("b"), why: "12 bytes differ" },
    { path: NASTY, verdict: "missing", before: hash("a"), after: null, why: null },
  ],
  metrics: [
    {
      name: "loss",
      verdict: "within-tolerance",
      before: { last: 0.5, min: 0, max: 1, count: 3, lastStep: 2 },
      after: { last: 0.501, min: 0, max: 1, count: 3, lastStep: 2 },
      difference: 0.002,
    },
  ],
  folder: null,
};

test("a reproduction tells the verdict, why, and what of it", () => {
  const text = reproductionReport({ run: "calm-otter", child: NASTY }, REPRODUCTION);
  expect(text).toContain("**Different.**");
  expect(text).toContain("| `out/model.bin` | **different** | 12 bytes differ |");
  expect(text).toContain("| loss | within tolerance | 0\\.5 | 0\\.501 | 0\\.002 |");
  expect(text).toContain("- environment: numpy 1\\.0 became 2\\.0");
  expectHarmless(text);
});

test("a reproduction of a run without results says so", () => {
  const same: Reproduction = { ...REPRODUCTION, verdict: "same", reasons: [], inputs: [], outputs: [], metrics: [] };
  const text = reproductionReport({ run: "a", child: "b" }, same);
  expect(text).toContain("no outputs and no metrics");
  expect(text).not.toContain("## ");
});

test("a restore names what is missing, and says exact only when it is", () => {
  const count = { files: 0, bytes: 0 };
  const report: RestoreReport = {
    run: id("1"),
    folder: "/w/back",
    project: "/w/back",
    cwd: "/w/back",
    written: { code: { files: 3, bytes: 2_000 }, data: count, config: count, artifacts: count },
    outside: [{ from: "/data/big.csv", to: "/w/back/outside/big.csv" }],
    problems: [{ part: "data", path: NASTY, fault: "not-kept", message: "Only its hash is known." }],
    gaps: [{ kind: "too-big", path: "big.bin", message: "2 GB" }],
    exact: false,
    cancelled: false,
  };
  const text = restoreReport("calm-otter", report);
  expect(text).toContain("**Not exact");
  expect(text).toContain("| Code | 3 | 2.0 kB |");
  expect(text).toContain("Only its hash is known\\.");
  expect(text).toContain("**big\\.bin**: 2 GB");
  expectHarmless(text);
  const exact = { ...report, problems: [], gaps: [], outside: [], exact: true };
  expect(restoreReport("calm-otter", exact)).toContain("**Exact");
  expect(restoreReport("calm-otter", { ...exact, cancelled: true })).toContain("**Cancelled");
});

test("versions tell their files, and how many are left out", () => {
  const file = (path: string) => ({ path, sha256: hash("a"), size: 1_000 });
  const comparison = {
    before: { version: hash("a"), files: 3, size: 3_000 },
    after: { version: hash("b"), files: 4, size: 4_000 },
    counts: { added: 2, removed: 1, changed: 1, moved: 1, same: 0 },
    added: [file("new.csv")],
    removed: [file(NASTY)],
    changed: [{ path: "a.csv", before: { sha256: hash("a"), size: 1_000 }, after: { sha256: hash("b"), size: 2_000 } }],
    moved: [{ from: "old.csv", to: "moved.csv", sha256: hash("c"), size: 1_000 }],
    complete: false,
  };
  const text = versionsReport("wine", { comparison, tables: [], left: 2 });
  expect(text).toContain("`aaaaaaaa` → `bbbbbbbb`");
  expect(text).toContain("**1 file changed, 2 files added, 1 file removed, 1 file moved**");
  expect(text).toContain("| `a.csv` | changed | 1.0 kB → 2.0 kB |");
  expect(text).toContain("| `moved.csv` | moved from `old.csv` | 1.0 kB |");
  expect(text).toContain("… and 1 more.");
  expect(text).toContain("2 more tables were not looked into");
  expectHarmless(text);
});

test("space is told by kind and by experiment, the largest first", () => {
  const usage: SpaceUsage = {
    folder: "/w/.modeltrail",
    total: 1_000,
    kinds: { data: 100, artifacts: 700, logs: 200, database: 0, code: 0, other: 0, served: 0, temporary: 0 },
    deleted: 300,
    repositories: [{ gitDir: "/w/.git", size: 5_000 }],
    experiments: ["small", NASTY].map((experiment, index) => ({
      experiment,
      runs: 3,
      deleted: index,
      logs: 100,
      metrics: 0,
      data: { own: 0, shared: 100 },
      artifacts: { own: 100 * index, shared: 0 },
      own: 100 + 100 * index,
    })),
  };
  const text = spaceReport(usage);
  expect(text).toContain("# 1.0 kB used");
  expect(text.indexOf("Artifacts and files")).toBeLessThan(text.indexOf("Logs |"));
  expect(text.indexOf("3 (1 deleted)")).toBeLessThan(text.indexOf("| small |"));
  expect(text).toContain("300 B of data and artifacts belong to deleted runs only");
  expect(text).toContain("5.0 kB of code in the git repository");
  expect(text).not.toContain("database");
  expectHarmless(text);
});

test("predictions are counted by version, and what was asked and answered is harmless", () => {
  const asked = { inputs: NASTY, outputs: '{"predictions":[1]}', label: null, labelled: null, action: null };
  const prediction = { id: id("a"), time: 0, model: "wine", path: "/invocations", key: null, of: null, ...asked };
  const view: PredictionsView = {
    counts: [
      { version: 4, role: "challenger", count: 1, errors: 1, p50: 2, p95: 2 },
      { version: 1, role: "champion", count: 3, errors: 0, p50: 1.25, p95: 1500 },
    ],
    counted: 4,
    more: false,
    since: 0,
    sinceChange: {
      time: 1,
      counts: [{ version: 4, role: "challenger", count: 2, errors: 0, p50: 2, p95: 2 }],
    },
    newest: [{ ...prediction, role: "challenger", version: 4, status: 500, latency: 2 }],
  };
  const text = predictionsReport({ name: "wine", version: null }, view);
  expect(text).toContain("All 4, since");
  expect(text).toContain("| 4 | challenger | 1 | 25 % | 1 | 2 ms | 2 ms |");
  expect(text).toContain("| 1 | champion | 3 | 75 % | 0 | 1.3 ms | 1.5 s |");
  expect(text).toMatch(/Since the last change, .*:\n\n[^#]*\| 4 \| challenger \| 2 \| 100 %/);
  expect(text).toContain("| 4 (challenger) | 500 | 2 ms | \\<img");
  expectHarmless(text);
  expect(predictionsReport({ name: "wine", version: 1 }, { ...view, newest: [] })).toContain(
    "## Newest of version 1\n\nNone are logged.",
  );
  const none: PredictionsView = { counts: [], counted: 0, more: false, since: null, sinceChange: null, newest: [] };
  expect(predictionsReport({ name: "wine", version: null }, none)).toContain("Nothing is logged.");
});
