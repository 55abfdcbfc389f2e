/** For tests: stores and runs that go away again. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { MetricPoint } from "../domain/run";
import type { NewRun, OpenOptions, Store } from "./contract";
import { openStore } from "./open";
import { hostToken } from "./process";

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

/** A disk of its own of this size ("1m"), or null where that is not allowed; unmounted after the test. */
export function tempDisk(size: string): string | null {
  const folder = tempFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return null;
  }
  // Lazily: a store that is closed later must not fail the test.
  cleanups.push(() => execFileSync("umount", ["-l", folder]));
  return folder;
}

/** From now on nothing can be written to a `tempDisk`. */
export function makeReadOnly(disk: string): void {
  execFileSync("mount", ["-o", "remount,ro", disk]);
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
    // Not this process, which would hold a lock for each of thousands of runs.
    recorder: { pid: 1, startToken: "1", host: hostToken() },
    source: "cli",
    ...part,
  };
}

/** Points of the metric "loss" from [step, value] or [step, value, time]; time is the step when left out. */
export function points(...list: (readonly [number, number, number?])[]): MetricPoint[] {
  return list.map(([step, value, time = step]) => ({ key: "loss", step, value, time }));
}
