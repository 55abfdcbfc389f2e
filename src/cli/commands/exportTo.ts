/** `modeltrail export-to` */
import { toJson } from "../../domain/json";
import { exportToMlflow } from "../../share/exportToMlflow";
import type { Store } from "../../store/contract";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { oneLine, print } from "../print";
import { reportProgress, showProgress } from "../progress";

export interface ExportToOptions {
  json?: boolean;
  progress?: boolean;
}

export async function exportToCommand(url: string, runs: string[], options: ExportToOptions): Promise<void> {
  await withStore(async (store) => {
    const ids = withChildren(
      store,
      runs.map((run) => store.resolveRun(run)),
    );
    const progress = options.progress ? reportProgress() : showProgress("Sending", String);
    const report = await interruptible((signal) =>
      exportToMlflow(store, url, ids, { signal, onProgress: progress.update }),
    ).finally(progress.clear);
    if (options.json) {
      print(toJson(report, 2));
      return;
    }
    for (const { id, name, mlflowId, outcome, left } of report.runs) {
      print(`  ${id.slice(0, 8)} ${oneLine(name)}: ${outcome}, there ${mlflowId}`);
      for (const line of left) print(`    ${oneLine(line)}`);
    }
    const sent = report.runs.filter(({ outcome }) => outcome !== "present").length;
    print(`Sent ${sent} of ${report.runs.length} run${report.runs.length === 1 ? "" : "s"} to ${report.address}.`);
  });
}

/** The runs with those that they started, each once, a parent before its children. */
function withChildren(store: Store, ids: readonly string[]): string[] {
  const all = new Set<string>();
  const add = (id: string) => {
    if (all.has(id)) return;
    all.add(id);
    for (let cursor: string | undefined; ; ) {
      const { runs, next } = store.listRuns({ parent: id, limit: 1_000, ...(cursor ? { cursor } : {}) });
      for (const run of runs) add(run.id);
      if (next === null) return;
      cursor = next;
    }
  };
  for (const id of ids) add(id);
  const parents = new Map(store.getSummaries([...all]).map(({ id, parent }) => [id, parent]));
  const ordered = new Set<string>();
  const place = (id: string, below: readonly string[] = []) => {
    const parent = parents.get(id);
    if (parent && all.has(parent) && !below.includes(parent)) place(parent, [...below, id]);
    ordered.add(id);
  };
  for (const id of all) place(id);
  return [...ordered];
}
