/** `modeltrail run --target NAME -- COMMAND…`, and `modeltrail follow RUN`: a job on a target, seen from a terminal. */
import { UserError } from "../../domain/errors";
import { parentRun } from "../../recorder/parentRun";
import { exitLike } from "../../recorder/process/exit";
import type { Store } from "../../store/contract";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { assertRunnable } from "../../targets/launch/runnable";
import { startJob } from "../../targets/launch/startJob";
import { viewJob } from "../../targets/launch/view";
import { jobTargetSettings } from "../../targets/registry";
import { ownProgram } from "../beside";
import { withStore } from "../open";
import { parseTag } from "../tag";
import type { RunOptions } from "./run";

/** Begins the job and shows what it prints until it ends, unless it is to go on by itself. */
export async function targetRunCommand(target: string, options: RunOptions, command: string[]): Promise<never> {
  if (command.length === 0) {
    throw new UserError(
      `No command was given. Put it behind two dashes: modeltrail run --target ${target} -- python train.py`,
    );
  }
  const { root } = locateRoot(process.cwd());
  await jobTargetSettings(root, target);
  assertRunnable(command, target);
  const store = openStore(root);
  const job = startJob(
    store,
    {
      target,
      command,
      cwd: process.cwd(),
      experiment: options.experiment,
      name: options.name,
      tags: Object.fromEntries((options.tag ?? []).map(parseTag)),
      note: options.note,
      source: options.source ?? "cli",
      parent: parentRun(store, process.env),
    },
    ownProgram(),
  );
  if (options.detach) {
    process.stdout.write(`${job.id}\n`);
    process.exit(0);
  }
  return await watch(store, job.id, () => cancel(store, job.id));
}

/** Shows a job that goes on; Ctrl-C ends the showing alone. */
export async function followCommand(reference: string): Promise<never> {
  return await withStore(async (store) => {
    const job = store.jobs.ofRun(store.resolveRun(reference));
    if (!job) throw new UserError("This run is not on a target: `modeltrail log --follow` shows what it prints.");
    return await watch(store, job.id, null);
  });
}

/** Ends as the job ends. `onInterrupt` null: it goes on when we are interrupted. */
async function watch(store: Store, job: string, onInterrupt: (() => void) | null): Promise<never> {
  const leave = new AbortController();
  let asked = false;
  const interrupted = () => {
    if (asked || onInterrupt === null) return leave.abort();
    asked = true;
    onInterrupt();
    tell("cancelling the job. Press Ctrl-C again to leave without waiting for that.");
  };
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  // The terminal is closed: the job goes on.
  process.on("SIGHUP", () => leave.abort());
  const end = await viewJob(store, job, { onNotice: tell, signal: leave.signal });
  if (end) {
    const { outcome, reason } = store.jobs.get(job)!;
    if (reason !== null && outcome !== "finished") tell(reason);
  } else tell(`the job goes on; modeltrail follow ${job.slice(0, 8)} shows it again.`);
  store.close();
  exitLike(
    end ? { exitCode: end.exitCode, signal: end.signal as NodeJS.Signals | null } : { exitCode: 130, signal: null },
  );
}

function cancel(store: Store, job: string): void {
  store.jobs.requestCancel(job, "Cancelled with Ctrl-C.");
}

function tell(line: string): void {
  process.stderr.write(`modeltrail: ${line}\n`);
}
