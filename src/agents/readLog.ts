import * as z from "zod";
import { readLogText } from "../ingest/logText";
import type { Store } from "../store/contract";
import { RunReference } from "./showRun";
import { tool } from "./tool";

/** Bytes of the log's end that are looked at. */
const LOOKED_AT = 1 << 20;
const LONGEST_LINE = 500;

export const readLog = tool({
  name: "read_log",
  title: "Read Log",
  description: "Gives the last lines of what a run printed, or the last lines that contain a text.",
  input: z.object({
    run: RunReference,
    lines: z.number().int().min(1).max(500).default(100),
    containing: z.string().optional().describe("Only lines with this text, in any case"),
  }),
  async answer(store, { run, lines, containing }) {
    const id = store.resolveRun(run);
    return { run: id.slice(0, 8), ...(await lastLines(store, id, lines, containing)) };
  },
});

export interface LogEnd {
  lines: string[];
  /** The log is longer than what was looked at. */
  earlierLeftOut?: boolean;
}

export async function lastLines(store: Store, id: string, most: number, containing = ""): Promise<LogEnd> {
  const { text, skipped } = await readLogText(store.logPath(id), LOOKED_AT);
  const wanted = containing.toLowerCase();
  const all = text.replace(/\n$/, "").split("\n");
  const found = all.filter((line) => line.toLowerCase().includes(wanted)).slice(-most);
  const lines = found.map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
  return { lines, ...(skipped > 0 || found.length < all.length ? { earlierLeftOut: true } : {}) };
}
