/** Params that DVCLive writes: `params.yaml` in the folder where it also keeps metrics and plots. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { SpoolRecord } from "../../ingest/spool";
import { fsPath } from "../../ingest/spoolPath";
import { configParams, MAX_CONFIG_BYTES } from "../../snapshot/config";
import type { IngestBatch } from "../../store/contract";
import { now } from "../clock";
import type { Listener } from "../listener";

const EVERY_MS = 500;
/** One for each training in the run. */
const MOST_FILES = 20;

export function createDvcliveParams(): Listener {
  /** By path: what the file was when it was read. */
  const files = new Map<string, string>();
  let ready: Record<string, string> = {};
  let reading: Promise<void> | null = null;
  let next = 0;

  async function readChanged(): Promise<void> {
    for (const [file, before] of files) {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      if (!stat?.isFile() || stat.size > MAX_CONFIG_BYTES || !isDvclive(path.dirname(file))) continue;
      const stamp = `${stat.size}/${stat.mtimeNs}/${stat.ino}`;
      if (stamp === before) continue;
      // Half-written: the rest will change its stamp.
      const params = await configParams("params.yaml", await readFile(file, "utf8")).catch(() => ({}));
      files.set(file, stamp);
      ready = { ...ready, ...params };
    }
  }

  return {
    hear(events: SpoolRecord[]) {
      for (const event of events) {
        if (event.e !== "open" || event.mode === "r" || path.basename(event.path) !== "params.yaml") continue;
        if (typeof fsPath(event.path) !== "string" || files.has(event.path) || files.size >= MOST_FILES) continue;
        files.set(event.path, "");
      }
    },
    take(): IngestBatch {
      if (files.size > 0 && !reading && now() >= next) {
        next = now() + EVERY_MS;
        reading = readChanged()
          .catch(() => undefined)
          .finally(() => {
            reading = null;
          });
      }
      const params = ready;
      ready = {};
      return Object.keys(params).length > 0 ? { params } : {};
    },
    async finish() {
      await reading;
      await readChanged().catch(() => undefined);
    },
  };
}

function isDvclive(folder: string): boolean {
  return path.basename(folder) === "dvclive" || existsSync(path.join(folder, "plots", "metrics"));
}
