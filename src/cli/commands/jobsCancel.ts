/** `modeltrail jobs cancel` and `priority` */
import { UserError } from "../../domain/errors";
import { resumeJobs } from "../../targets/launch/startFollower";
import { cancelJob } from "../../targets/queue/cancelJob";
import { ownProgram } from "../beside";
import { withStore } from "../open";
import { print } from "../print";

export async function cancelJobsCommand(references: string[]): Promise<void> {
  await withStore(async (store) => {
    const ids = references.map((reference) => store.jobs.resolve(reference));
    for (const id of ids) {
      if (store.jobs.get(id)!.state === "ended") {
        print(`The job ${id.slice(0, 8)} had ended already.`);
        continue;
      }
      await cancelJob(store, id, "Cancelled by its user.", () => resumeJobs(store, ownProgram()));
      print(`Cancelled the job ${id.slice(0, 8)}.`);
    }
  });
}

export async function priorityCommand(reference: string, text: string): Promise<void> {
  const priority = Number(text);
  if (!Number.isFinite(priority) || text.trim() === "") throw new UserError(`"${text}" is no number.`);
  await withStore((store) => {
    const id = store.jobs.resolve(reference);
    const { state } = store.jobs.get(id)!;
    if (state !== "queued") throw new UserError(`The job ${id.slice(0, 8)} does not wait any more: it is ${state}.`);
    store.jobs.patch(id, { priority });
    print(`The job ${id.slice(0, 8)} has the priority ${priority}.`);
  });
}
