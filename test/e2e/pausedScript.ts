import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "@playwright/test";

const PARTS = 9;
const LINES = 25;

/** Waits, at the place that the file "pause-after" names, until it is told to go on. */
const SOURCE = `"""Prints ${PARTS} parts of ${LINES} lines each."""
import pathlib, time

here = pathlib.Path(__file__).parent
pause_after = int((here / "pause-after").read_text())
for part in range(${PARTS + 1}):
    if part == pause_after:
        (here / "paused").touch()
        while not (here / "go-on").exists():
            time.sleep(0.01)
    for line in range(${LINES} if part < ${PARTS} else 0):
        step = part * ${LINES} + line
        print(f"step {step} loss={1 - step / 1000:.3f}")
`;

/**
 * A script that prints and measures, and that a test holds at a moment of its run: after so many parts of what it prints,
 * from 0, before the first, to 9, after the last.
 */
export class PausedScript {
  static readonly fileName = "steps.py";
  static readonly moments = Array.from({ length: PARTS + 1 }, (_, parts) => parts);
  /** All that it prints. */
  static readonly lines = Array.from({ length: PARTS * LINES }, (_, step) => {
    return `step ${step} loss=${(1 - step / 1000).toFixed(3)}`;
  });

  constructor(private readonly folder: string) {}

  /** Writes the script, so that its next run pauses after this many parts. */
  async pauseAfter(parts: number): Promise<void> {
    await Promise.all(["paused", "go-on"].map((name) => rm(this.file(name), { force: true })));
    await writeFile(this.file("pause-after"), String(parts));
    await writeFile(this.file(PausedScript.fileName), SOURCE);
  }

  async untilPaused(): Promise<void> {
    await expect.poll(() => existsSync(this.file("paused")), "the script got to its pause").toBe(true);
  }

  async goOn(): Promise<void> {
    await writeFile(this.file("go-on"), "");
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }
}
