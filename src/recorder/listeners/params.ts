/** Params from what the run was told: parsed arguments, or its command line. */
import { createArgumentsReader } from "../../ingest/arguments";
import type { IngestBatch } from "../../store/contract";
import type { Listener } from "../listener";

export interface ParamsListener extends Listener {
  /** Whether an argument has this name: then a config file's value of it is not what counted. */
  has(name: string): boolean;
}

export function createParamsListener(command: string[], script: string | null): ParamsListener {
  const reader = createArgumentsReader({ command, script });
  const names = new Set<string>();
  let over = false;
  return {
    hear: (events) => reader.hear(events),
    take(): IngestBatch {
      const found = reader.take(over);
      for (const name of Object.keys(found.params ?? {})) names.add(name);
      return found;
    },
    has: (name) => names.has(name),
    async finish() {
      over = true;
    },
  };
}
