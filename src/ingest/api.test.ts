import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiReader, type KeptFiles, type LoggedFile } from "./api";

let spoolFolder: string;
beforeEach(() => {
  spoolFolder = mkdtempSync(path.join(tmpdir(), "api-"));
  mkdirSync(path.join(spoolFolder, "api"));
});
afterEach(() => rmSync(spoolFolder, { recursive: true, force: true }));

const write = (...lines: object[]) => {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  appendFileSync(path.join(spoolFolder, "api", "7-1.jsonl"), text);
};
const log = (step: number, values: Record<string, number | string>) => ({ e: "log", t: 5, step, values });
const artifact = (name: string) => ({ e: "artifact", t: 1, path: `/${name}`, size: 1, mtimeNs: "9" });
const keepFiles = async (files: LoggedFile[]): Promise<KeptFiles> => ({
  artifacts: files.map(({ path: file }) => ({ path: file, sha256: "ab", size: 1 })),
  gaps: [],
});

test("points, params and tags, exactly", async () => {
  const reader = createApiReader({ spoolFolder, keepFiles });
  write(
    { e: "start", t: 1, format: 1, pid: 7 },
    log(3, { loss: 0.1, big: "inf", small: "-inf", none: "nan" }),
    { e: "params", t: 1, values: { lr: "0.1", api_key: "s3cret" } },
    { e: "tag", t: 1, key: "model", value: "big" },
    { e: "tag", t: 1, key: "old", value: null },
    { e: "of a newer package", t: 1 },
  );
  const point = { step: 3, time: 5 };
  expect(await reader.read(false)).toEqual({
    more: false,
    points: [
      {
        source: "api",
        points: [
          { key: "loss", value: 0.1, ...point },
          { key: "big", value: Number.POSITIVE_INFINITY, ...point },
          { key: "small", value: Number.NEGATIVE_INFINITY, ...point },
          { key: "none", value: Number.NaN, ...point },
        ],
      },
    ],
    params: { lr: "0.1", api_key: "***" },
    tags: { model: "big", old: null },
  });
});

test("another process goes on where this one stopped, also with files that were not taken in yet", async () => {
  const never = () => new Promise<KeptFiles>(() => undefined);
  const first = createApiReader({ spoolFolder, keepFiles: never });
  write(log(0, { loss: 1 }), artifact("model.pt"));
  await first.read(false);
  write(artifact("plot.png"));
  await first.read(false);
  const second = createApiReader({
    spoolFolder,
    keepFiles,
    checkpoint: JSON.parse(JSON.stringify(first.checkpoint())),
  });
  write(log(1, { loss: 2 }));
  const { points, artifacts } = await second.read(true);
  expect(points?.[0]?.points.map(({ step }) => step)).toEqual([1]);
  expect(artifacts?.map((one) => one.path)).toEqual(["/model.pt", "/plot.png"]);
  expect(await second.read(true)).toEqual({ more: false });
});

test("lines that cannot be read are told of once, and spoil no other", async () => {
  const reader = createApiReader({ spoolFolder, keepFiles });
  write(log(0, { loss: 1 }), log(1, { loss: "high" }));
  appendFileSync(path.join(spoolFolder, "api", "7-1.jsonl"), '{"e":"log","t":1,"st');
  const { points, warnings } = await reader.read(true);
  expect(points?.[0]?.points).toHaveLength(1);
  expect(warnings).toEqual(["2 lines of what the run logged could not be read."]);
  expect((await reader.read(true)).warnings).toBeUndefined();
});
