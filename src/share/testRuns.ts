/** For tests: projects with runs that have something of everything, and what is compared after they have moved. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { MetricPoint, Run } from "../domain/run";
import { snapshotCode } from "../snapshot/code";
import { listTree, readFileAt } from "../snapshot/codeReader";
import { writeManifest } from "../snapshot/manifest";
import type { NewRun, Store } from "../store/contract";
import { hashFile, objectPath, putBytes } from "../store/objects";
import { newRun } from "../store/testStore";

export const LOG = "epoch 1\repoch 2\n\x1b[31mdone\x1b[0m\n\xff";

/** Values that JSON and databases like to lose. */
export const ODD_VALUES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324, 0.1 + 0.2];

export interface RunParts extends Partial<NewRun> {
  /** Default 6 points of "loss" with odd values. */
  points?: MetricPoint[];
  /** Content of the file that the run read. */
  data?: string;
}

/** An ended run of the project as it is now, with data, config, an artifact, a dataset, a log, metrics, gaps and warnings. */
export async function addRun(store: Store, { points, data = "a,b\n1,2\n", ...part }: RunParts = {}): Promise<string> {
  const id = store.createRun(newRun({ cwd: store.root, tags: { kind: "test" }, note: "a note", ...part }));
  const { code, gaps, warnings } = await snapshotCode(store.root, store.folder);
  store.setCode(id, code, gaps, warnings);
  const put = async (text: string) => putBytes(store.folder, Buffer.from(text));
  const [read, config, model] = [await put(data), await put("lr: 1\n"), await put(`model of ${data}`)];
  const unread = await put(`never read: ${data}`);
  const files = [
    { path: "data/x.csv", ...read },
    { path: "data/unread.csv", ...unread },
  ];
  const manifest = await writeManifest(store.folder, files);
  store.ingest(id, {
    params: { lr: "0.1", name: "é" },
    points: [
      { source: "output", points: points ?? oddPoints() },
      { source: "system", points: [{ key: "system/cpu", step: 0, time: 1_000, value: 12 }] },
    ],
    data: [
      { path: "data/x.csv", ...read, role: "read" },
      { path: "/elsewhere/big.bin", sha256: "1".repeat(64), size: 1e10, role: "read" },
      { path: "unreadable", sha256: null, size: 0, role: "read" },
    ],
    config: [{ path: "conf.yaml", sha256: config.sha256 }],
    artifacts: [{ path: "out/model.bin", ...model }],
    datasets: [
      { name: "data", kind: "declared", version: manifest.version, files: 2, size: manifest.size, role: "read" },
    ],
    gaps: [
      { kind: "hash-only", path: "/elsewhere/big.bin", message: "Too big to keep." },
      { kind: "tracer", message: "A child process was not seen." },
    ],
    warnings: ["Something odd."],
    environment: {
      python: "3.11.7",
      executable: "/usr/bin/python3",
      implementation: "CPython",
      platform: "Linux",
      cpu: "a cpu",
      cores: 2,
      memory: 8e9,
      gpus: [],
      packages: { numpy: "2.0" },
      imported: ["numpy"],
      variables: { PYTHONHASHSEED: "0" },
    },
    logSize: Buffer.byteLength(LOG, "latin1"),
  });
  writeFileSync(store.logPath(id), LOG, "latin1");
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 5_000 });
  store.setInputs(id, "2".repeat(64));
  return id;
}

export function oddPoints(key = "loss"): MetricPoint[] {
  return ODD_VALUES.map((value, step) => ({ key, step, time: 1_000 + step, value }));
}

/** All that a run has, by content: what is the same wherever the run is. */
export async function contentOf(store: Store, id: string): Promise<Record<string, unknown>> {
  const { snapshot, revision: _, cwd, ...run } = store.getRun(id)!;
  const { gitDir: _gitDir, root: _root, ...code } = snapshot.code;
  const series = Object.keys(run.metrics).map((key) => {
    const { steps, times, values, sources } = store.metricColumns(id, key, 0, 1e9);
    return [key, sources, [steps, times, values].map((column) => Buffer.from(column.slice().buffer).toString("hex"))];
  });
  return {
    run,
    cwd: path.relative(store.root, cwd),
    snapshot: { ...snapshot, code },
    series,
    log: readFileSync(store.logPath(id), "latin1"),
    objects: await objectsOf(store, { ...run, snapshot } as Run),
    files: await codeOf(store.getRun(id)!),
  };
}

/** Which contents that the run names are there, each of which is what it should be. */
async function objectsOf({ folder }: Store, { snapshot, artifacts }: Run): Promise<string[]> {
  const hashes = [...snapshot.data, ...snapshot.config, ...artifacts].flatMap(({ sha256 }) => sha256 ?? []);
  const found: string[] = [];
  for (const sha256 of [...hashes, ...snapshot.datasets.map(({ version }) => version)]) {
    const object = await hashFile(objectPath(folder, sha256)).catch(() => null);
    if (!object) continue;
    expect(object.sha256).toBe(sha256);
    found.push(sha256);
  }
  return found;
}

/** Every file of the run's code with mode and bytes, read from where the run says that it is. */
export async function codeOf({ snapshot: { code } }: Run): Promise<Record<string, string> | null> {
  if (code.gitDir === null || code.commit === null) return null;
  const place = { gitDir: code.gitDir, commit: code.commit, root: code.root };
  const files: Record<string, string> = {};
  for (const { path: name, mode } of await listTree(place)) {
    files[name] = `${mode} ${(await readFileAt(place, name)).toString("latin1")}`;
  }
  return files;
}

export function writeText(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}
