/** `modeltrail log RUN`: what the run printed, whole or as it grows. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { toJson } from "../../domain/json";
import { terminalText } from "../../domain/terminalText";
import { readLogText } from "../../ingest/logText";
import type { Store } from "../../store/contract";
import { withStore } from "../open";
import { print } from "../print";

export interface LogOptions {
  follow?: boolean;
  /** The bytes as they were printed. Else, where no terminal interprets them, overwritten lines are settled. */
  raw?: boolean;
  json?: boolean;
}

const FOLLOW_MS = 200;
/** Bytes of a log that fit into one JSON object. */
const JSON_LIMIT = 16 * 1024 * 1024;

export async function logCommand(reference: string, options: LogOptions): Promise<void> {
  if (options.json && (options.follow || options.raw)) {
    throw new UserError("--json shows the log as it is now. Leave out --follow and --raw, or leave out --json.");
  }
  await withStore(async (store) => {
    const id = store.resolveRun(reference);
    const path = store.logPath(id);
    if (options.json) return print(toJson({ id, ...(await readLogText(path, JSON_LIMIT)) }, 2));
    const writer = options.raw || process.stdout.isTTY ? rawWriter() : lineWriter();
    let offset = 0;
    for (;;) {
      // Asked before reading: what was written before the end is read after it.
      const goesOn = options.follow && isGoingOn(store, id);
      offset = await copy(path, offset, writer);
      if (!goesOn) break;
      await delay(FOLLOW_MS);
    }
    await writer.end();
  });
}

/** Writes from `offset` to the end of the log; gives the new offset. A log that is not there yet is empty. */
async function copy(path: string, offset: number, writer: Writer): Promise<number> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size <= offset) return offset;
  for await (const chunk of createReadStream(path, { start: offset, end: size - 1, highWaterMark: 1 << 18 })) {
    await writer.write(chunk as Buffer);
  }
  return size;
}

function isGoingOn(store: Store, id: string): boolean {
  if (store.getSummaries([id])[0]?.status !== "running") return false;
  const running = store.running(true).find((run) => run.id === id);
  return running !== undefined && store.recorderState(running) !== "dead";
}

interface Writer {
  write(chunk: Buffer): Promise<void>;
  end(): Promise<void>;
}

function rawWriter(): Writer {
  return { write: (chunk) => toOutput(chunk), end: async () => {} };
}

/** Whole lines, each as it looked when it was left. */
function lineWriter(): Writer {
  const decoder = new StringDecoder("utf8");
  let open = "";
  return {
    async write(chunk) {
      const text = open + decoder.write(chunk);
      const end = text.lastIndexOf("\n") + 1;
      open = text.slice(end);
      if (end > 0) await toOutput(terminalText(text.slice(0, end)));
    },
    async end() {
      const rest = open + decoder.end();
      if (rest !== "") await toOutput(terminalText(rest));
    },
  };
}

function toOutput(data: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
