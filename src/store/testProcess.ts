/**
 * For tests: one process among several that use a store. Says on standard output what is done, a line each, so that a test
 * can check it after killing the process at any moment.
 *
 * `write ROOT COUNT JOURNAL`: creates a run and adds COUNT batches to it, each with a checkpoint, a point of two metrics, a param.
 * `audit ROOT COUNT JOURNAL`: registers COUNT versions of a model and gives each an alias, which is told in the audit log.
 * `read ROOT _ JOURNAL`: lists and asks for changes, until its standard input closes; then tells how many runs it had seen by each way.
 */
import { writeSync } from "node:fs";
import type { Store } from "./contract";
import { openStore } from "./open";
import { processIdentity } from "./process";

const [mode, root = "", count = "0", journal = "wal"] = process.argv.slice(2);

/** Out of this process when it returns: what the stream of standard output holds back would die with the process. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function write(store: Store, batches: number): void {
  const command = ["test"];
  const run = { experiment: "e", command, cwd: root, script: null, startTime: Date.now(), source: "test" };
  const id = store.createRun({ ...run, recorder: processIdentity() });
  say(`run ${id}`);
  for (let i = 0; i < batches; i++) {
    const point = { step: i, time: i, value: i };
    const points = [
      { key: "loss", ...point },
      { key: `only-${process.pid}`, ...point },
    ];
    store.ingest(id, { points: [{ source: "api", points }], params: { step: String(i) }, checkpoint: i });
    say(`batch ${i}`);
  }
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: Date.now() });
  say("end");
}

function audit({ registry, audit }: Store, versions: number): void {
  const name = `model-${process.pid}`;
  registry.createModel({ name, description: "", tags: {} });
  const rest = { description: "", source: "s3://x", location: "s3://x", run: null, runLink: "", loggedModel: null };
  for (let i = 0; i < versions; i++) {
    const { version } = registry.createVersion({ model: name, ...rest, tags: {} });
    registry.setAlias(name, "champion", version);
    say(audit.head()!.hash);
  }
}

async function read(store: Store): Promise<void> {
  let over = false;
  process.stdin.on("end", () => {
    over = true;
  });
  process.stdin.resume();
  const changed = new Set<string>();
  let revision = 0;
  let listed = 0;
  const look = () => {
    const changes = store.changesSince(revision);
    if (changes.revision < revision) throw new Error("The revision went back.");
    revision = changes.revision;
    for (const id of changes.runs) changed.add(id);
    const page = store.listRuns({ sort: { key: "metric:loss", descending: true } });
    for (const run of page.runs) {
      const loss = run.metrics.loss;
      // What one list shows belongs to one moment: each batch brings a point and a param with the same number.
      if (loss && String(loss.last) !== run.params.step) throw new Error(`Torn: ${loss.last} and ${run.params.step}`);
    }
    listed = page.total;
  };
  say("ready");
  while (!over) {
    look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  look();
  say(JSON.stringify({ changed: changed.size, listed }));
}

const store = openStore(root, { journal: journal === "rollback" ? "rollback" : "wal" });
if (mode === "write") write(store, Number(count));
else if (mode === "audit") audit(store, Number(count));
else await read(store);
store.close();
