/** CPU time to look for metrics in a million lines of output, plain ones and ones that are all metrics. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { claim, median } from "./lib/measure.mjs";

const LINES = 1_000_000;
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-"));

/** `limit`: how many times the CPU time of splitting the same log into lines this may take. */
const kinds = {
  "bare numbers": { limit: 2, line: (i) => `${i}` },
  "plain text": { limit: 2, line: (i) => `processing item ${i} of the data set` },
  "text with times": { limit: 2, line: (i) => `12:30:${String(i % 60).padStart(2, "0")} loading shard ${i} from disk` },
  "step and loss": { limit: 20, line: (i) => `step ${i}: loss=${(1 / (i + 1)).toFixed(6)}` },
  "log lines": {
    limit: 20,
    line: (i) => `2024-01-02 12:30:01,123 - INFO - epoch ${i} - loss: ${(1 / (i + 1)).toFixed(4)} - acc: 0.9123`,
  },
  dictionaries: {
    limit: 20,
    line: (i) => `{'loss': ${(1 / (i + 1)).toFixed(4)}, 'learning_rate': 5e-05, 'epoch': ${i / 100}}`,
  },
};

try {
  const bundle = join(scratch, "output.mjs");
  const source = fileURLToPath(new URL("../src/ingest/output.ts", import.meta.url));
  await build({ entryPoints: [source], outfile: bundle, bundle: true, platform: "node", format: "esm" });
  const { createOutputReader } = await import(bundle);
  for (const [name, { line, limit }] of Object.entries(kinds)) {
    const log = join(scratch, "output.log");
    writeFileSync(log, Array.from({ length: LINES }, (_, i) => `${line(i)}\n`).join(""));
    const reading = [];
    const splitting = [];
    for (let round = 0; round < 5; round++) {
      reading.push(cpuSeconds(() => readAll(createOutputReader(log))));
      splitting.push(cpuSeconds(() => readFileSync(log, "utf8").split("\n").length));
    }
    const times = median(reading) / median(splitting);
    claim(`${name}, ${median(reading).toFixed(3)} s for a million lines, against splitting them`, times, limit, {
      unit: "×",
    });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function readAll(reader) {
  for (let more = true; more; ) ({ more } = reader.read(true));
}

/** CPU time of `action`, which ends before it returns. */
function cpuSeconds(action) {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
