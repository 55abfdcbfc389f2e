/** For tests: stores and runs that go away again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { MetricPoint } from "../domain/run";
import type { NewRun, OpenOptions, Store } from "./contract";
import { openStore } from "./open";
import { processIdentity } from "./process";

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A fresh folder, removed after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "modeltrail-store-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An open store, of a fresh project unless `root` is given, closed after the test. */
export function tempStore(root: string = tempFolder(), options?: OpenOptions): Store {
  const store = openStore(root, options);
  cleanups.push(() => store.close());
  return store;
}

/** A run to create: what the test does not care about is filled in. */
export function newRun(part: Partial<NewRun> = {}): NewRun {
  return {
    experiment: "default",
    command: ["python", "train.py"],
    cwd: "/project",
    script: "train.py",
    startTime: 1_000,
    recorder: processIdentity(),
    source: "cli",
    ...part,
  };
}

/** Points of the metric "loss" from [step, value] or [step, value, time]; time is the step when left out. */
export function points(...list: (readonly [number, number, number?])[]): MetricPoint[] {
  return list.map(([step, value, time = step]) => ({ key: "loss", step, value, time }));
}
