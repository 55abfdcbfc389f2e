/** Starting a run for a model, after a person has agreed. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { UserError } from "../domain/errors";
import type { RunSummary } from "../domain/run";
import { describeCommand } from "../recorder/describe";
import { findPython } from "../recorder/process/findPython";
import { storeExists } from "../store/locate";
import { openStore } from "../store/open";
import { scriptFile } from "./scriptFile";

export const startRun = {
  name: "start_run",
  title: "Start Run",
  description:
    "Starts a Python script of the project as a recorded run, after the user has confirmed it, and gives the run's id at once; the run goes on by itself. read_log and show_run tell how it stands.",
  input: z.object({
    script: z.string().describe("A .py file, as a path from the project's folder"),
    args: z.array(z.string()).default([]),
    experiment: z.string().optional(),
    name: z.string().optional(),
    note: z.string().optional().describe("Why the run is made"),
  }),
} as const;

export type StartRequest = z.infer<typeof startRun.input>;

/** What is going to be executed. */
export interface PlannedRun {
  command: string[];
  cwd: string;
}

/** Throws UserError when the script is none of the project's. */
export function planRun(root: string, request: StartRequest, env: NodeJS.ProcessEnv): PlannedRun {
  const file = scriptFile(root, request.script);
  const cwd = path.dirname(file);
  const relative = path.basename(file);
  // A file whose name begins with a dash would be taken for an option of Python.
  const word = relative.startsWith("-") ? `.${path.sep}${relative}` : relative;
  return { command: [pythonFor(root, request.script, env), word, ...request.args], cwd };
}

/** That of the script's last run, else the project's own environment, else the first one there is. */
function pythonFor(root: string, script: string, env: NodeJS.ProcessEnv): string {
  const last = lastRun(root, script)?.command[0];
  if (last !== undefined && path.isAbsolute(last) && describeCommand([last], root, root).isPython && existsSync(last))
    return last;
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  const own = [".venv", "venv"].map((folder) => path.join(root, folder, ...inside)).find((file) => existsSync(file));
  const found = own ?? findPython(env, []) ?? (process.platform === "win32" ? "python" : null);
  if (found === null) throw new UserError("No Python was found. Install one, or make an environment in .venv.");
  return found;
}

function lastRun(root: string, script: string): RunSummary | undefined {
  if (!storeExists(root)) return undefined;
  const store = openStore(root, { create: false, readOnly: true });
  try {
    return store.listRuns({ script: script.split(path.sep).join("/"), limit: 1 }).runs[0];
  } finally {
    store.close();
  }
}

const BEGINS_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Starts a recorder of its own (`cli`: the command's file) that goes on without us; resolves when the run has begun. */
export async function startPlannedRun(
  root: string,
  { command, cwd }: PlannedRun,
  { experiment, name, note }: StartRequest,
  cli: string,
): Promise<RunSummary> {
  const option = (flag: string, value: string | undefined) => (value ? [`--${flag}=${value}`] : []);
  const options = [...option("experiment", experiment), ...option("name", name), ...option("note", note)];
  const asked = Date.now();
  const child = spawn(
    process.execPath,
    [cli, "run", "--source=agent", "--keep-on-hangup", ...options, "--", ...command],
    { cwd, detached: true, stdio: "ignore", windowsHide: true },
  );
  const over = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("exit", (code) => resolve(`it ended with exit code ${code}`));
  });
  child.unref();
  let why: string | undefined;
  void over.then((reason) => {
    why = reason;
  });
  while (Date.now() - asked < BEGINS_WITHIN_MS) {
    const isOver = why !== undefined;
    const begun = begunSince(root, asked, command, cwd);
    if (begun) return begun;
    if (isOver) break;
    await sleep(LOOK_EVERY_MS);
  }
  throw new UserError(
    `The run did not begin: ${why ?? "the recorder takes too long"}. \`modeltrail doctor\` may tell why.`,
  );
}

function begunSince(root: string, asked: number, command: readonly string[], cwd: string): RunSummary | undefined {
  if (!storeExists(root)) return undefined;
  const store = openStore(root, { create: false, readOnly: true });
  try {
    const { runs } = store.listRuns({ limit: 20 });
    return runs.find(
      (run) =>
        run.startTime >= asked &&
        run.cwd === cwd &&
        run.command.length === command.length &&
        run.command[1] === command[1],
    );
  } finally {
    store.close();
  }
}
