/** The run of a job, from its first moment or from where the follower before left it. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { UserError } from "../../domain/errors";
import type { Job } from "../../domain/job";
import { hasLostSecrets, maskArguments } from "../../domain/secrets";
import { describeCommand } from "../../recorder/describe";
import { prepareEndNote } from "../../recorder/endNote";
import { spoolFolder } from "../../recorder/spoolFolder";
import type { Store } from "../../store/contract";
import { processIdentity } from "../../store/process";

/** The tag that names the target of a run. */
export const TARGET_TAG = "target";

/**
 * Begins the run of a job, or takes over the one that it has. Null: that has ended, or is in other hands. `command`: as it was
 * given, when the job has it without its secrets. Throws UserError when nobody knows these any more.
 */
export function takeRun(store: Store, job: Job, command: readonly string[] | undefined): string | null {
  if (job.run === null) return beginRun(store, job, command ?? job.command);
  const run = store.running(true).find(({ id }) => id === job.run);
  return run && store.claimRun(run.id, run.recorder, processIdentity()) ? run.id : null;
}

function beginRun(store: Store, job: Job, command: readonly string[]): string {
  const { script, experiment } = describeCommand([...command], job.cwd, store.root);
  const id = store.createRun({
    experiment: job.experiment ?? experiment,
    ...(job.name === null ? {} : { name: job.name }),
    ...(job.note === null ? {} : { note: job.note }),
    tags: { ...job.tags, [TARGET_TAG]: job.target },
    source: job.source,
    command: maskArguments(command),
    cwd: job.cwd,
    script,
    parent: job.parent,
    startTime: Date.now(),
    recorder: processIdentity(),
    job: job.id,
  });
  const runFolder = store.runFolder(id);
  mkdirSync(spoolFolder(runFolder), { recursive: true });
  prepareEndNote(runFolder);
  // Of a command that prints nothing too.
  closeSync(openSync(store.logPath(id), "a", 0o600));
  return id;
}

/** What is to be run. Throws UserError when it had secrets in it, which died with the process that was given them. */
export function commandOf(job: Job, given: readonly string[] | undefined): readonly string[] {
  if (given) return given;
  if (!hasLostSecrets(job.command)) return job.command;
  throw new UserError(
    "The command has a secret in it, which was lost with the process that was to hand it over. Start it again, best with the secret in an environment variable of the target.",
  );
}
