/**
 * Runs that nobody started through us: the tracer in them makes the run's folder, writes its spool there, and announces it by
 * an empty file named by the run's id. The file stays until the run has ended, so that a run whose recorder died is found too.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isRunId } from "../../domain/runId";
import { parseSpoolLine, type SpoolEventOf } from "../../ingest/spoolEvent";
import { VARIABLES } from "../../snapshot/environment";
import { makeStoreFolder } from "../../store/folders";
import { spoolFolder } from "../spoolFolder";

export type AdoptedStart = SpoolEventOf<"start"> & Required<Pick<SpoolEventOf<"start">, "adopt">>;

/** What a run says of itself before it has a recorder. */
export interface Announced {
  start: AdoptedStart;
  /** The spool file of that process. */
  spoolFile: string;
}

/** A long command line and a long search path fit in. */
const FIRST_LINE = 256 << 10;

/** The folder of the announcements in a store. */
export function adoptFolder(storeFolder: string): string {
  return join(storeFolder, "adopt");
}

/** Makes it, with what the tracer has to know. Throws what the file system says. */
export function prepareAdoption(storeFolder: string): string {
  makeStoreFolder(storeFolder);
  const folder = adoptFolder(storeFolder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "variables"), `${[...VARIABLES].join("\n")}\n`);
  return folder;
}

/** Ids of the runs that wait for a recorder, or have one and go on. */
export function listAnnounced(storeFolder: string): string[] {
  try {
    return readdirSync(adoptFolder(storeFolder)).filter(isRunId);
  } catch {
    return [];
  }
}

export function isAnnounced(storeFolder: string, id: string): boolean {
  return existsSync(join(adoptFolder(storeFolder), id));
}

/** Ms since the epoch; null when it is not announced any more. */
export function announcedAt(storeFolder: string, id: string): number | null {
  return statSync(join(adoptFolder(storeFolder), id), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** The run needs no recorder any more. */
export function withdraw(storeFolder: string, id: string): void {
  rmSync(join(adoptFolder(storeFolder), id), { force: true });
}

/** Null when its folder is gone, or holds nothing that can be understood. */
export function readAnnounced(runFolder: string): Announced | null {
  const all = readAllAnnounced(runFolder);
  // Of the processes that train together, the first speaks for all.
  return all.find(({ start }) => Object.values(start.rank ?? {}).includes("0")) ?? all[0] ?? null;
}

/** Each process of the run that was started from outside of it: several where mpirun or srun did. */
export function readAllAnnounced(runFolder: string): Announced[] {
  const spool = spoolFolder(runFolder);
  return names(spool).flatMap((name) => {
    const spoolFile = join(spool, name);
    const start = firstEvent(spoolFile);
    return start?.adopt ? [{ start: start as AdoptedStart, spoolFile }] : [];
  });
}

function firstEvent(path: string): SpoolEventOf<"start"> | null {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const buffer = Buffer.alloc(FIRST_LINE);
    const length = readSync(file, buffer, 0, FIRST_LINE, 0);
    const [line = ""] = buffer.toString("utf8", 0, length).split("\n", 1);
    const event = parseSpoolLine(line);
    return typeof event === "object" && event.e === "start" ? event : null;
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  } catch {
    return [];
  }
}
