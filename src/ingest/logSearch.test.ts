import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLogPlace } from "./logPlace";
import { LOG_START, type LogHit, type LogPosition, searchLog } from "./logSearch";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-search-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function log(content: string): string {
  const path = join(folder, "output.log");
  writeFileSync(path, content);
  return path;
}

const never = new AbortController().signal;
const search = (path: string, text: string, limits: { limit?: number; most?: number; from?: LogPosition } = {}) =>
  searchLog(path, { text, from: LOG_START, limit: 100, most: 1e9, ...limits }, never);

/** All hits of a search that pauses again and again. */
async function whole(path: string, text: string, limits: { limit?: number; most?: number }): Promise<LogHit[]> {
  const hits: LogHit[] = [];
  for (let from = LOG_START; ; ) {
    const part = await search(path, text, { ...limits, from });
    hits.push(...part.hits);
    if (part.done) return hits;
    expect(part.next.offset).toBeGreaterThan(from.offset);
    from = part.next;
  }
}

test("lines are found with their numbers and places, whatever their case", async () => {
  const path = log("epoch 1\nLöss: 0.5\r\nüber 2\nlöss 0.4");
  expect(await search(path, "LÖSS")).toEqual({
    hits: [
      { offset: 8, line: 2, before: "", match: "Löss", after: ": 0.5" },
      { offset: 28, line: 4, before: "", match: "löss", after: " 0.4" },
    ],
    next: { offset: 28, line: 4 },
    done: true,
    size: 37,
  });
  expect((await search(path, "l.ss")).hits).toEqual([]);
});

test("what is searched is what a terminal shows: without colours, and of a progress bar its end", async () => {
  const path = log("\u001b[31mLo\u001b[0mss: 3\n10%\r100%\n");
  expect((await search(path, "loss:")).hits).toMatchObject([{ line: 1, match: "Loss:", after: " 3" }]);
  expect((await search(path, "10%")).hits).toEqual([]);
  expect((await search(path, "100%")).hits).toMatchObject([{ line: 2 }]);
});

test("a log of many chunks is searched to its end, in parts that fit together", async () => {
  const lines = Array.from({ length: 120_000 }, (_, at) => `line ${at} ${at % 1_000 === 7 ? "needle" : "of häy"}`);
  const path = log(`${lines.join("\n")}\n`);
  const wanted = lines.flatMap((line, at) => (line.includes("needle") ? [at + 1] : []));
  for (const limits of [{}, { limit: 7 }, { most: 300_000 }]) {
    const hits = await whole(path, "needle", { limit: 1_000, ...limits });
    expect(hits.map(({ line }) => line)).toEqual(wanted);
    const last = hits.at(-1)!;
    const place = await readLogPlace(path, last);
    expect(place.lines[last.line - place.from.line]).toBe(lines[last.line - 1]);
  }
});

test("a search goes on where the log ended, from the line that was not finished", async () => {
  const path = log("a needle\nhalf a nee");
  const first = await search(path, "needle");
  expect([first.hits.length, first.next]).toEqual([1, { offset: 9, line: 2 }]);
  log("a needle\nhalf a needle\nanother needle\n");
  const { hits } = await search(path, "needle", { from: first.next });
  expect(hits.map(({ line }) => line)).toEqual([2, 3]);
});

test("an endless line shows the part around the text", async () => {
  const path = log(`${"x".repeat(3_000_000)}needle${"y".repeat(1_000)}`);
  const [hit] = (await search(path, "needle")).hits;
  expect(hit).toMatchObject({ match: "needle", line: 1 });
  expect([hit!.before.length, hit!.after.length]).toEqual([121, 301]);
  // Also where one of the pieces in which it is read ends.
  const cut = log(`${"x".repeat((1 << 20) - 3)}needle${"y".repeat(1_000)}`);
  expect((await search(cut, "needle")).hits).toHaveLength(1);
});

test("a search that is given up ends, and a log that is not there is empty", async () => {
  const given = AbortSignal.abort();
  const asked = { text: "a", from: LOG_START, limit: 1, most: 1 };
  await expect(searchLog(log("a\n"), asked, given)).rejects.toThrow(/abort/);
  expect(await searchLog(join(folder, "none"), asked, given)).toEqual({
    ...{ hits: [], next: LOG_START, done: true, size: 0 },
  });
});

test("a place shows whole lines around it, and says where it begins and ends", async () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at + 1}`);
  const path = log(`${lines.join("\n")}\n`);
  const middle = { offset: lines.slice(0, 9_999).join("\n").length + 1, line: 10_000 };
  const place = await readLogPlace(path, middle);
  expect(place.lines[10_000 - place.from.line]).toBe("line 10000");
  expect(place.lines).toEqual(lines.slice(place.from.line - 1, place.to.line - 1));
  const later = await readLogPlace(path, place.to);
  expect(later.lines[later.lines.indexOf(lines[place.to.line - 1]!) - 1]).toBe(place.lines.at(-1));
  expect(await readLogPlace(path, LOG_START)).toMatchObject({ from: LOG_START });
});
