/** The machine that a run on a target ran on: its environment, and what its processes used. */
import { posix } from "node:path";
import type { Environment, Gap } from "../../domain/run";
import type { SpoolRecord } from "../../ingest/spool";
import { recordedVariables } from "../../snapshot/environment";
import type { IngestBatch } from "../../store/contract";
import { addToBatch } from "../batch";
import type { Listener } from "../listener";
import type { HostEvent } from "./translate";

export interface HostListener extends Listener {
  /** Whether a top-level module is installed there, as far as is known. */
  hasModule(name: string): boolean;
}

/** Gives the environment each time that the target has told more of itself, and at the end with what the run imported. */
export function createHostListener(): HostListener {
  let host: HostEvent | null = null;
  const modules = new Set<string>();
  let ready: IngestBatch = {};

  function hearOne(event: SpoolRecord): void {
    if (event.e === "import") modules.add(event.name);
    else if (event.e === "sample") takeSample(event);
    else if (event.e === "host") {
      host = event;
      addToBatch(ready, { environment: environmentOf(event, modules) });
    }
  }

  function takeSample({ values, step, t: time }: Extract<SpoolRecord, { e: "sample" }>): void {
    const points = Object.entries(values).map(([key, value]) => ({ key: `system/${key}`, value, step, time }));
    addToBatch(ready, { points: [{ source: "system", points }] });
  }

  return {
    hear: (events) => events.forEach(hearOne),
    hasModule: (name) => Object.values(host?.modules ?? {}).some((names) => names.includes(name)),
    take() {
      const batch = ready;
      ready = {};
      return batch;
    },
    async finish() {
      if (host) addToBatch(ready, { environment: environmentOf(host, modules), gaps: outsideCode(host) });
    },
  };
}

function environmentOf({ environment, modules = {} }: HostEvent, imported: ReadonlySet<string>): Environment {
  const used = Object.entries(modules).filter(([, names]) => names.some((name) => imported.has(name)));
  return {
    ...environment,
    imported: used
      .map(([name]) => name)
      .filter((name) => name in environment.packages)
      .sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)),
    variables: recordedVariables(environment.variables),
  };
}

/** Packages whose version does not tell their code, because it is taken from a folder that anyone can change. */
function outsideCode({ root, folders = {} }: HostEvent): Gap[] {
  return Object.entries(folders)
    .filter(([folder]) => posix.relative(root, folder).startsWith(".."))
    .map(([folder, what]) => ({
      kind: "environment",
      path: folder,
      message: `${what} was installed on the target from the folder ${folder}, whose code is not part of this snapshot.`,
    }));
}
