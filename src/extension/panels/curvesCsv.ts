/** Every point of a metric of several runs, as a CSV file. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { harmlessCell } from "../../domain/spreadsheet";

interface Page {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
  total: number;
}

const PAGE = 20_000;

/** Columns: run, id, step, time (ISO 8601), value. Leaves no half of a file when it fails or is cancelled. */
export async function writeCurvesCsv(
  file: string,
  key: string,
  runs: readonly { id: string; name: string }[],
  read: (id: string, from: number, limit: number) => Promise<Page>,
): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    yield `${["run", "id", "step", "time", key].map(csvField).join(",")}\n`;
    for (const { id, name } of runs) {
      const start = `${csvField(name)},${id}`;
      for (let from = 0, total = 1; from < total; from += PAGE) {
        const page = await read(id, from, PAGE);
        total = page.total;
        yield Array.from(page.steps, (step, at) => {
          return `${start},${step},${timeText(page.times[at]!)},${page.values[at]}\n`;
        }).join("");
      }
    }
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** Quoted where need be, and no formula. */
export function csvField(text: string): string {
  const harmless = harmlessCell(text);
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function timeText(time: number): string {
  // Beyond what a Date can hold there may be anything.
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : "";
}

/** A metric's name as one of a file. */
export const csvName = (key: string): string => key.replace(/[^\w.-]+/g, "_").slice(0, 100) || "metric";
