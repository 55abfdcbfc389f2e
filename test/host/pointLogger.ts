/**
 * Writes points into runs of a store as their recorders do, from a process of its own, until it is ended.
 * Arguments: project root, script, runs, points a second in each, metrics.
 */
import { openStore } from "../../src/store/open";
import { processIdentity } from "../../src/store/process";

const [root = "", script = "", ...numbers] = process.argv.slice(2);
const [runs = 1, perSecond = 100, metrics = 1] = numbers.map(Number);
/** Recorders write several times a second. */
const BATCH_MS = 100;

const store = openStore(root);
const recorder = processIdentity();
const ids = Array.from({ length: runs }, (_, index) =>
  store.createRun({
    experiment: "logged",
    name: `logged-${index}`,
    command: ["python", script],
    cwd: root,
    script,
    startTime: Date.now() + index,
    recorder,
    source: "test",
  }),
);
let step = 0;

function log(): void {
  const count = (perSecond * BATCH_MS) / 1_000;
  for (const id of ids) {
    const points = Array.from({ length: count }, (_, index) => ({
      key: `loss_${(step * count + index) % metrics}`,
      value: 1 / (step + 1),
      step,
      time: Date.now(),
    }));
    store.ingest(id, { points: [{ source: "output", points }] });
  }
  step++;
}

log();
const timer = setInterval(log, BATCH_MS);
process.on("disconnect", () => {
  clearInterval(timer);
  for (const id of ids) store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: Date.now() });
  store.close();
});
process.send?.("logging");
