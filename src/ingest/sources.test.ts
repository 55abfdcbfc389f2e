import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Source } from "./source";
import { createSources } from "./sources";

async function readAll(sources: Source[], final: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const source of sources) {
    const { points = [] } = await source.read(final);
    found.push(...points.flatMap(({ source, points }) => points.map(({ key, step }) => `${source} ${key} @${step}`)));
  }
  return found;
}

test("a final value in metrics.json belongs to the end of the curve that was printed", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sources-"));
  try {
    const log = path.join(folder, "output.log");
    const file = path.join(folder, "metrics.json");
    writeFileSync(log, "epoch 1: loss=0.5\nepoch 2: loss=0.4\n");
    writeFileSync(file, '{"loss": 0.3987, "accuracy": 0.9}');
    const places = {
      logPath: log,
      storeFolder: folder,
      spoolFolder: path.join(folder, "spool"),
      keepFiles: async () => ({ artifacts: [], gaps: [] }),
    };
    const sources = createSources(places);
    for (const source of sources) source.offer?.(file);
    expect(await readAll(sources, false)).toEqual(["output loss @1", "output loss @2"]);
    appendFileSync(log, "epoch 3: accuracy=0.9\n");
    expect(await readAll(sources, true)).toEqual([
      "output accuracy @3",
      "metrics-file loss @2",
      "metrics-file accuracy @3",
    ]);
    const checkpoints = JSON.stringify(Object.fromEntries(sources.map(({ id, checkpoint }) => [id, checkpoint()])));
    expect(await readAll(createSources({ ...places, checkpoints: JSON.parse(checkpoints) }), true)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
