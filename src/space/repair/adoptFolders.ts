/** Runs whose rows are lost, put together again from what is in their folders. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import * as z from "zod/mini";
import { maskArguments } from "../../domain/secrets";
import type { NewRun, Store } from "../../store/contract";
import { hostToken } from "../../store/process";
import { orphanFolders } from "../leftovers";
import type { Finding } from "./repair";

/** What the tracer says first. */
const Start = z.object({ e: z.literal("start"), t: z.number(), argv: z.array(z.string()), cwd: z.string() });
type Start = z.infer<typeof Start>;

/** Nobody: a process of this machine that does not exist, so that the run is taken for one whose recorder died. */
const NOBODY = { pid: 0, startToken: "", host: hostToken() };
const EXPERIMENT = "recovered";

/** Makes each folder that belongs to no run a run again, which is then to be finished like any whose recorder died. */
export async function adoptFolders(store: Store): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const folder of await orphanFolders(store, Date.now(), 0)) {
    const id = basename(folder);
    store.adoptRun(id, describe(store, folder, id));
    const message =
      "The database was damaged and this run lost from it: its output, parameters and metrics are read again from its folder; its code, tags and note are lost.";
    store.ingest(id, { gaps: [{ kind: "other", message }] });
    findings.push({ part: "runs", outcome: "repaired", message: `The run ${id} was put together from its folder.` });
  }
  return findings;
}

function describe(store: Store, folder: string, id: string): NewRun {
  const start = firstStart(join(folder, "spool"));
  const command = maskArguments(start?.argv ?? ["unknown"]);
  const cwd = start?.cwd ?? store.root;
  return {
    experiment: EXPERIMENT,
    name: `${EXPERIMENT}-${id.slice(0, 8)}`,
    command,
    cwd,
    script: scriptOf(command, cwd, store.root),
    startTime: start?.t ?? statSync(folder).birthtimeMs,
    recorder: NOBODY,
    source: "repair",
  };
}

/** The earliest process that the tracer was in. */
function firstStart(spool: string): Start | null {
  if (!existsSync(spool)) return null;
  const starts = readdirSync(spool).flatMap((name) => {
    const [line = ""] = readFileSync(join(spool, name), "utf8").split("\n", 1);
    try {
      return Start.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
  return starts.sort((a, b) => a.t - b.t)[0] ?? null;
}

/** The first argument that is a file of the project. */
function scriptOf(command: readonly string[], cwd: string, root: string): string | null {
  for (const argument of command.slice(1)) {
    if (argument.startsWith("-")) continue;
    const inside = relative(root, resolve(cwd, argument));
    const file = join(root, inside);
    if (!inside.startsWith("..") && statSync(file, { throwIfNoEntry: false })?.isFile())
      return inside.split(sep).join("/");
  }
  return null;
}
