/** Opening the project's store for a command that reads or edits what is recorded. */
import { join } from "node:path";
import { UserError } from "../domain/errors";
import { list } from "../recorder/listeners/look";
import type { Store } from "../store/contract";
import { locateRoot, storeExists } from "../store/locate";
import { openStore } from "../store/open";
import { ownProgram } from "./beside";

/** The store of the project around the working directory, with the runs of dead recorders finished. Null: nothing recorded yet. */
export async function openProject(): Promise<Store | null> {
  const { root } = locateRoot(process.cwd());
  if (!storeExists(root)) return null;
  const store = openStore(root, { create: false, through: startedThrough() });
  // What it needs is loaded only where there is something to finish.
  if (store.running(true).length > 0 || list(join(store.folder, "stages")).length > 0) {
    const [{ settleRuns }, { resumeJobs }] = await Promise.all([
      import("../recorder/recover"),
      import("../targets/launch/startFollower"),
    ]);
    resumeJobs(store, ownProgram());
    await settleRuns(store);
  }
  return store;
}

/** For the audit log: VS Code says so of commands that it starts as its tasks. */
function startedThrough(): string {
  return process.env.MODELTRAIL_THROUGH === "vscode" ? "vscode" : "cli";
}

/** The same for a command that needs a run. Throws UserError when nothing is recorded yet. */
export async function withStore<T>(action: (store: Store) => T | Promise<T>): Promise<T> {
  const store = await openProject();
  if (!store) {
    throw new UserError(
      `Nothing is recorded yet in ${locateRoot(process.cwd()).root}. Record a run first: modeltrail run -- python train.py`,
    );
  }
  try {
    return await action(store);
  } finally {
    store.close();
  }
}
