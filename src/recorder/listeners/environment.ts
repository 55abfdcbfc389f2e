/** The environment of a run, from what its first interpreter says of itself and the modules that it imports. */
import type { SpoolRecord } from "../../ingest/spool";
import type { SpoolEventOf } from "../../ingest/spoolEvent";
import { readEnvironment } from "../../snapshot/environment";
import type { IngestBatch } from "../../store/contract";
import type { Listener } from "../listener";

export interface EnvironmentPlace {
  root: string;
  storeFolder: string;
  /** What the command was started with. */
  env: NodeJS.ProcessEnv;
}

/** Gives the environment as soon as an interpreter is known, and once more at the end when more was imported since. */
export function createEnvironmentListener(place: EnvironmentPlace): Listener {
  let interpreter: SpoolEventOf<"start"> | null = null;
  const modules = new Set<string>();
  let readWith = -1;
  let reading: Promise<void> = Promise.resolve();
  let ready: IngestBatch = {};

  async function read(): Promise<void> {
    readWith = modules.size;
    const { environment, gaps } = await readEnvironment({ ...place, interpreter, modules: [...modules] });
    ready = { environment, gaps };
  }

  function hearOne(event: SpoolRecord): void {
    if (event.e === "start" && !event.fork) interpreter ??= event;
    else if (event.e === "import") modules.add(event.name);
  }

  return {
    hear(events) {
      events.forEach(hearOne);
    },
    take() {
      const batch = ready;
      ready = {};
      if (interpreter && readWith < 0) reading = read();
      return batch;
    },
    async finish() {
      await reading;
      if (readWith < modules.size) await read();
    },
  };
}
