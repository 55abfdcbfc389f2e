/** The environment of the command: the user's, and the little that the tracer needs. */
import { delimiter } from "node:path";
import { pythonFolder } from "./pythonFolder";

/** Variables that whoever started us set for us alone. */
const OURS = [
  "MODELTRAIL_ELECTRON",
  "MODELTRAIL_NODE",
  "MODELTRAIL_NODE_PTY",
  "MODELTRAIL_FILE_LIMIT",
  "MODELTRAIL_RESTARTED",
  "MODELTRAIL_SPOOL",
  "MODELTRAIL_RUN_ID",
  "MODELTRAIL_ROOT",
  "MODELTRAIL_AUTOLOG",
  "MODELTRAIL_THROUGH",
  // A recorded run is no run of a terminal's as well.
  "MODELTRAIL_ADOPT",
  "MODELTRAIL_ADOPT_SOURCE",
];

export interface TracerEnvironment {
  runId: string;
  /** Folder of the spool. */
  spool: string;
  /** The project's root. */
  root: string;
}

/** `tracer` null: nothing is recorded, so nothing is added. `base` is the environment we were started with. */
export function commandEnvironment(base: NodeJS.ProcessEnv, tracer: TracerEnvironment | null): NodeJS.ProcessEnv {
  const env = { ...base };
  // The editor's own program is Node only while it is told so; a user's Electron must not be told.
  if (base.MODELTRAIL_ELECTRON) delete env.ELECTRON_RUN_AS_NODE;
  for (const name of OURS) delete env[name];
  if (!tracer) return env;
  env.MODELTRAIL_RUN_ID = tracer.runId;
  env.MODELTRAIL_SPOOL = tracer.spool;
  env.MODELTRAIL_ROOT = tracer.root;
  const folder = pythonFolder("tracer");
  // A run within a run has our folder there already.
  const others = (base.PYTHONPATH ?? "").split(delimiter).filter((entry) => entry !== folder);
  env.PYTHONPATH = [folder, ...(base.PYTHONPATH ? others : [])].join(delimiter);
  return env;
}
