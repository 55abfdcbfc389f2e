import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MetricPoint } from "../domain/run";
import { createOutputReader } from "./output";
import type { Source } from "./source";

const fixtures = path.resolve(import.meta.dirname, "../../test/fixtures/output");
let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "output-"));
  log = path.join(folder, "output.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything a source has, as "key step value" lines in order. */
function drain(source: Source, final: boolean, only = "output"): string[] {
  const lines: string[] = [];
  for (let more = true; more; ) {
    const read = source.read(final) as Exclude<ReturnType<Source["read"]>, Promise<unknown>>;
    for (const { source, points } of read.points ?? []) if (source === only) lines.push(...points.map(show));
    more = read.more;
  }
  return lines;
}

const show = ({ key, step, value }: MetricPoint): string => `${key} @${step} ${value}`;

describe("what realistic output gives", () => {
  test.each(readdirSync(fixtures).filter((name) => name.endsWith(".log")))("%s", async (name) => {
    const points = drain(createOutputReader(path.join(fixtures, name)), true);
    await expect(points.map((line) => `${line}\n`).join("")).toMatchFileSnapshot(
      path.join(fixtures, name.replace(/log$/, "points")),
    );
  });
});

describe("reading on", () => {
  test("a log that does not exist yet has nothing", () => {
    expect(createOutputReader(log).read(false)).toEqual({ more: false });
  });

  test("a line counts when it is whole, and the last one at the end of the run", () => {
    const reader = createOutputReader(log);
    writeFileSync(log, "loss: 0.5\nloss: 0.2");
    expect(drain(reader, false)).toEqual(["loss @0 0.5"]);
    appendFileSync(log, "5\nloss: 0.1");
    expect(drain(reader, false)).toEqual(["loss @1 0.25"]);
    expect(drain(reader, true)).toEqual(["loss @2 0.1"]);
    expect(drain(reader, true)).toEqual([]);
  });

  test("points carry the time of the log's last write", () => {
    writeFileSync(log, "loss: 0.5\n");
    utimesSync(log, 1_700_000_000, 1_700_000_000);
    const { points } = createOutputReader(log).read(true) as { points: { points: MetricPoint[] }[] };
    expect(points[0]?.points).toEqual([{ key: "loss", value: 0.5, step: 0, time: 1_700_000_000_000 }]);
  });

  test("cut at any byte and continued from the checkpoint, every fixture gives the same points", () => {
    for (const name of readdirSync(fixtures).filter((file) => file.endsWith(".log"))) {
      const bytes = readFileSync(path.join(fixtures, name));
      const whole = drain(createOutputReader(path.join(fixtures, name)), true);
      // Prime, so that cuts fall into numbers, escape sequences and between \r and \n.
      for (let cut = 1; cut < bytes.length; cut += 7) {
        writeFileSync(log, bytes.subarray(0, cut));
        const first = createOutputReader(log);
        const points = drain(first, false);
        writeFileSync(log, bytes);
        const second = createOutputReader(log, JSON.parse(JSON.stringify(first.checkpoint())));
        expect([...points, ...drain(second, true)], `${name} cut at ${cut}`).toEqual(whole);
      }
    }
  });

  test("a line far longer than a slice is bounded and does no harm to the next", () => {
    writeFileSync(log, `loss: 0.5\n${"x=1 ".repeat(300_000)}\nloss: 0.4\n`);
    const reader = createOutputReader(log);
    const points = drain(reader, true);
    expect(points.filter((line) => line.startsWith("loss"))).toEqual(["loss @0 0.5", "loss @1 0.4"]);
    expect(JSON.stringify(reader.checkpoint()).length).toBeLessThan(1_000);
  });

  test("bytes that are not UTF-8 do no harm", () => {
    writeFileSync(
      log,
      Buffer.concat([Buffer.of(0xff, 0xfe, 0x00, 10), Buffer.from("caf\xe9: 0.5\nloss: 0.1\n", "latin1")]),
    );
    expect(drain(createOutputReader(log), true)).toContain("loss @0 0.1");
  });

  test("binary output is no text, however much of it looks like pairs", () => {
    writeFileSync(log, Buffer.from("\x00\x01 a=1\n\x89PNG\x0d\x0a\x1a\x0a x=2 \x00\nloss=0.5\n", "latin1"));
    expect(drain(createOutputReader(log), true)).toEqual(["loss @0 0.5"]);
  });

  test("names beyond the thousandth are left out, with one warning", () => {
    writeFileSync(log, Array.from({ length: 1_200 }, (_, index) => `m${index}=1.5\n`).join(""));
    const reader = createOutputReader(log);
    const read = reader.read(false) as { points: { points: MetricPoint[] }[]; warnings: string[] };
    expect(read.points[0]?.points).toHaveLength(1_000);
    expect(read.warnings).toHaveLength(1);
    appendFileSync(log, "one_more=2.5\nm1=2.5\n");
    expect(reader.read(true)).toMatchObject({ points: [{ points: [{ key: "m1", step: 1 }] }] });
  });

  test("lines made to take a pattern long are done all the same", () => {
    const evil = [
      `epoch${" ".repeat(4_000)}x=1`,
      `loss=${"1".repeat(4_000)}x`,
      `=${"a ".repeat(2_000)}: 1`,
      `loss: 1${"-".repeat(4_000)}x`,
      `epoch 1${".".repeat(4_000)}x=0`,
      `a=1 ${"tensor(0".repeat(500)}`,
      `x=1 [${"[".repeat(4_000)}`,
    ];
    writeFileSync(log, `${evil.join("\n")}\nloss: 0.5\n`);
    expect(drain(createOutputReader(log), true)).toContain("loss @0 0.5");
  });
});

describe("a progress bar", () => {
  const bar = (n: number, loss: number): string => `\r${n}%|██| ${n}/100 [00:01<00:01, 9.0it/s, loss=${loss}]`;

  /** Adds to the log as if at a second of its own. */
  function write(text: string, second: number): void {
    appendFileSync(log, text);
    utimesSync(log, 1_700_000_000 + second, 1_700_000_000 + second);
  }

  test("is one line, whose last state counts", () => {
    const reader = createOutputReader(log);
    write(`Epoch 1/2\n${bar(1, 0.9)}${bar(50, 0.5)}`, 0);
    expect(drain(reader, false)).toEqual([]);
    write(`${bar(100, 0.1)}\n`, 1);
    expect(drain(reader, false)).toEqual(["loss @1 0.1"]);
  });

  test("shows while it goes on, at most once a second", () => {
    const reader = createOutputReader(log);
    const seen: string[] = [];
    for (let n = 1; n < 100; n++) {
      write(bar(n, 1 - n / 100), n / 10);
      seen.push(...drain(reader, false, "output-preview"));
    }
    expect(seen.length).toBeGreaterThanOrEqual(5);
    expect(seen.length).toBeLessThanOrEqual(10);
    // The state before the last: the last one may not be whole yet.
    expect(seen[0]).toMatch(/^loss @1\d 0\.[89]/);
    write("\n", 20);
    expect(drain(reader, true)).toEqual(["loss @99 0.010000000000000009"]);
  });

  test("that is wiped away in the end leaves its last values", () => {
    const reader = createOutputReader(log);
    write(`${bar(100, 0.1)}\r${" ".repeat(60)}\rDone.\n`, 0);
    write(`${bar(100, 0.2)}\r${" ".repeat(60)}\r\r\n`, 0);
    expect(drain(reader, true)).toEqual(["loss @100 0.2"]);
  });
});
