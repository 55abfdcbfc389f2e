import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { SpoolEvent } from "../../ingest/spoolEvent";
import { createBlindness } from "./blindness";

const site = mkdtempSync(join(tmpdir(), "blindness-"));
mkdirSync(join(site, "h5py"));
afterAll(() => rmSync(site, { recursive: true }));

const start: SpoolEvent = {
  e: "start",
  t: 1,
  pid: 1,
  ppid: 0,
  argv: ["python", "train.py"],
  executable: "/usr/bin/python3",
  version: "3.11.7",
  implementation: "cpython",
  prefix: "/usr",
  basePrefix: "/usr",
  cwd: "/project",
  path: ["/nowhere", site],
};
const imported = (name: string): SpoolEvent => ({ e: "import", t: 2, name });

async function gapsOf(events: SpoolEvent[], isPython = true): Promise<string[]> {
  const blindness = createBlindness(isPython);
  blindness.hear(events.map((event) => ({ ...event, process: "1-1" })));
  await blindness.finish(new AbortController().signal);
  const gaps = (blindness.take().gaps ?? []).map(({ message }) => message);
  expect(blindness.isPossible).toBe(gaps.length > 0);
  return gaps;
}

describe("what the tracer cannot see", () => {
  test("a library that opens files in compiled code", async () => {
    expect(await gapsOf([start, imported("h5py")])).toEqual([expect.stringMatching(/^h5py can open files/)]);
  });

  test("a library that was tried to import and is not there hides nothing", async () => {
    expect(await gapsOf([start, imported("pyarrow")])).toEqual([]);
  });

  test("a program in another language", async () => {
    const spawned = (argv0: string): SpoolEvent => ({ e: "spawn", t: 2, argv0 });
    expect(await gapsOf([start, spawned("/usr/bin/ffmpeg"), spawned("git")])).toEqual([
      expect.stringMatching(/^The run started ffmpeg,/),
    ]);
  });

  test("all, when no tracer spoke", async () => {
    expect(await gapsOf([])).toEqual([expect.stringMatching(/^The tracer could not start/)]);
    expect(await gapsOf([], false)).toEqual([expect.stringMatching(/^The command is not Python/)]);
  });
});
