/** Reports of real runs through the real command, and what hostile names and odd values do to them. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { reportPage } from "../../src/report/asHtml";
import { COMMENT_MARK, reportComment, reportDocument } from "../../src/report/asMarkdown";
import { gatherReport } from "../../src/report/gatherReport";
import { openStore } from "../../src/store/open";
import { processIdentity } from "../../src/store/process";
import { baseEnvironment, makeProject, modeltrail, python, recorded, runSession, useCli } from "../recorder/cli";

useCli();

const TRAIN = `import sys
lr = float(sys.argv[1].split("=")[1])
for step in range(50):
    print(f"step {step} loss: {1 / (1 + lr * step)}")
print(f"accuracy: {lr / (1 + lr)}")
`;

let project: string;
beforeAll(async () => {
  project = makeProject({ "modeltrail.yaml": "", "train.py": TRAIN });
  for (const lr of ["0.1", "0.5", "0.9"]) {
    await runSession({ command: recorded([python, "train.py", `--lr=${lr}`], ["--name", `lr-${lr}`]), cwd: project });
  }
});

function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [program, ...rest] = modeltrail("report", ...args);
  return new Promise((resolve) => {
    execFile(program!, rest, { cwd: project, env: baseEnvironment(project) }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

test("a comment for a pull request: the best first, measured by the baseline", async () => {
  const { code, out, err } = await cli("--experiment", "train", "--baseline", "lr-0.1", "--title", "Sweep");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.startsWith(COMMENT_MARK)).toBe(true);
  expect(out).toContain("### Sweep");
  const rows = out.split("\n").filter((line) => line.startsWith("| lr-"));
  expect(rows.map((row) => row.split("|")[1]!.trim())).toEqual(["lr-0.9", "lr-0.5", "lr-0.1 (baseline)"]);
  expect(rows[0]).toContain("★ 0.47368 (+0.38278)");
});

test("a page that needs nothing else, and a document with its pictures", async () => {
  const page = path.join(project, "out/report.html");
  expect(await cli("lr-0.1", "lr-0.9", "--note", "two\n\nlines", "-o", page)).toMatchObject({ code: 0, err: "" });
  const html = readFileSync(page, "utf8");
  expect(html).toContain("default-src 'none'; style-src 'sha256-");
  expect(html).not.toMatch(/<script|\ssrc=|\shref=|\sstyle=|url\(/i);
  expect(html.match(/<path class="curve c\d"/g)!.length).toBeGreaterThanOrEqual(4);

  const document = path.join(project, "out/all.md");
  expect(await cli("--experiment", "train", "--metric", "loss", "-o", document)).toMatchObject({ code: 0 });
  const text = readFileSync(document, "utf8");
  expect(text).toContain("![loss](all-files/chart-1.svg)");
  // By the metric that was asked for, of which less is better; and no other is told.
  expect(text.indexOf("lr-0.9")).toBeLessThan(text.indexOf("lr-0.1"));
  expect(text).not.toContain("accuracy ↑");
  expect(readFileSync(path.join(project, "out/all-files/chart-1.svg"), "utf8")).toMatch(/^<svg xmlns=.*<\/svg>$/s);

  writeFileSync(page, "mine");
  expect(await cli("lr-0.1", "-o", page)).toMatchObject({ code: 1, err: expect.stringContaining("is there already") });
  expect(readFileSync(page, "utf8")).toBe("mine");
  expect(await cli("lr-0.1", "-o", page, "--force", "--json")).toMatchObject({
    code: 0,
    out: expect.stringContaining(page),
  });
  expect(readdirSync(path.dirname(page)).sort()).toEqual(["all-files", "all.md", "report.html"]);
});

test("what cannot be reported is said in a sentence", async () => {
  expect((await cli()).err).toMatch(/Name runs, or an experiment/);
  expect((await cli("--experiment", "none")).err).toMatch(/no finished run .*Experiments: train/);
  expect((await cli("lr-0.1", "--metric", "f1")).err).toMatch(/metric f1. There are: .*accuracy/);
  expect((await cli("lr-0.1", "-o", "report.pdf")).err).toMatch(/--format/);
  expect((await cli("lr-0.1", "--format", "html")).err).toMatch(/-o report.html/);
  const folder = path.join(project, "a-file");
  writeFileSync(folder, "");
  expect((await cli("lr-0.1", "-o", path.join(folder, "x.html"))).err).toMatch(/could not be written/);
});

describe("runs that nobody would make", () => {
  const ATTACKS = [
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]><svg onload=alert(1)>",
    "[x](javascript:alert(1)) ![y](http://z/y.png)",
    "a|b\n# heading\n<!-- -->",
    "@someone #1 `code` \u0000\u0007",
    "x".repeat(10_000),
  ];

  async function reportOfAttacks() {
    const folder = makeProject({ "modeltrail.yaml": "" });
    mkdirSync(path.join(folder, ".modeltrail"), { recursive: true });
    const store = openStore(folder);
    try {
      const values = [Number.NaN, 1e300, -1e300, 1e-300, Number.POSITIVE_INFINITY, 0, 5e-324];
      const ids = ATTACKS.map((attack, at) => {
        const id = store.createRun({
          experiment: attack,
          name: attack,
          command: ["python", attack],
          cwd: folder,
          script: null,
          note: attack,
          startTime: 1_700_000_000_000 + at,
          recorder: processIdentity(),
          source: "cli",
        });
        const points = values.map((value, step) => ({ key: attack, value, step, time: 1_700_000_000_000 + step }));
        store.ingest(id, { params: { [attack]: attack, at: String(at) }, points: [{ source: "output", points }] });
        store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 1_700_000_001_000 });
        return id;
      });
      return await gatherReport(store, { runs: ids, baseline: ids[0], title: ATTACKS[0], note: ATTACKS.join("\n\n") });
    } finally {
      store.close();
    }
  }

  test("stay text in every format", async () => {
    const report = await reportOfAttacks();
    const html = reportPage(report);
    expect(html.match(/<script|<img|<svg [^x]/gi)).toBeNull();
    expect(html.match(/<svg/g)).toHaveLength(report.charts.length);
    expect(html).not.toMatch(/NaN,|undefined|\[object/);
    const { text, pictures } = reportDocument(report, "files");
    const comment = reportComment(report);
    for (const markdown of [text, comment]) {
      expect(markdown).not.toMatch(/(?<!\\)<(script|img|svg)/i);
      expect(markdown).not.toMatch(/(?<!\\)\[[xy](?<!\\)\]\(/);
      expect(markdown).not.toMatch(/^# heading/m);
    }
    expect(comment).not.toMatch(/@someone|#1\b/);
    expect(comment.length).toBeLessThanOrEqual(65_536);
    for (const { svg } of pictures) {
      expect(svg).not.toMatch(/NaN|Infinity|<script|onload=(?!alert)/);
      for (const [, numbers] of svg.matchAll(/ d="M([^"]*)"/g)) expect(numbers).toMatch(/^[\d.\-LMh ]+$/);
    }
  });

  test("without a value to compare are in the report all the same", async () => {
    const folder = makeProject({ "modeltrail.yaml": "" });
    const store = openStore(folder);
    const id = store.createRun({
      experiment: "e",
      name: "empty",
      command: ["true"],
      cwd: folder,
      script: null,
      startTime: 1,
      recorder: processIdentity(),
      source: "cli",
    });
    const report = await gatherReport(store, { runs: [id] });
    store.close();
    expect(report).toMatchObject({ metrics: [], charts: [], params: [], baseline: null });
    expect(reportPage(report)).toContain("empty");
    expect(existsSync(path.join(folder, ".modeltrail"))).toBe(true);
  });
});
